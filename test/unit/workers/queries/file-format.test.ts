/** The formats of query files, against a plain `JSON.stringify` of the same rows. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Column } from '../../../../src/domain/column-type.ts';
import { type FormatSettings, fileFormat } from '../../../../src/workers/queries/file-format.ts';
import { type CellValue, columnBatch } from '../../../support/column-batches.ts';

const COLUMNS: readonly Column[] = [
  { name: 'experiment', type: { kind: 'string' } },
  { name: 'key', type: { kind: 'string' } },
  { name: 'count', type: { kind: 'int64' } },
  { name: 'share', type: { kind: 'float64' } },
  { name: 'tags', type: { kind: 'array', element: { kind: 'string' } } },
  { name: 'more', type: { kind: 'struct', fields: [{ name: 'inner', type: { kind: 'int64' } }] } },
];

interface PlainRow {
  readonly experiment: string;
  readonly key: string;
  readonly count: number | null;
  readonly share: number | null;
  readonly tags: readonly string[];
  readonly more: { readonly inner: number | null } | null;
}

const Text = fc.oneof(fc.string({ maxLength: 6 }), fc.constantFrom('', '"', '\\', '\n', 'ключ', '\u0000'));
const Count = fc.option(fc.maxSafeInteger());
const Row: fc.Arbitrary<PlainRow> = fc.record({
  experiment: fc.constant('my-experiment'),
  key: Text,
  count: Count,
  share: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })),
  tags: fc.array(Text, { maxLength: 3 }),
  more: fc.option(fc.record({ inner: Count })),
});
const Rows = fc.array(Row, { maxLength: 40 });
const Style = fc.record({
  nulls: fc.constantFrom('keep' as const, 'omit' as const),
  ints: fc.constantFrom('string' as const, 'number' as const),
});
const SPLIT = { kind: 'split', by: 'experiment' } as const;

/** The text of a file whose rows arrive in batches of this many. */
function fileText(rows: readonly PlainRow[], settings: FormatSettings, batchRows: number): string {
  const format = fileFormat(COLUMNS, settings);
  const pieces: Buffer[] = [];
  for (let from = 0; from < rows.length; from += batchRows) {
    const cells = rows.slice(from, from + batchRows).map((row): readonly CellValue[] => Object.values(row));
    const batch = columnBatch(COLUMNS, cells);
    // As if the first row belonged to another file, where there are several.
    const middle = Math.min(1, cells.length);
    for (const [start, end] of [
      [0, middle],
      [middle, cells.length],
    ] as const) {
      if (start < end)
        for (const bytes of format.rows({ batch, from: start, to: end })) pieces.push(Buffer.from(bytes));
    }
  }
  for (const bytes of format.end()) pieces.push(Buffer.from(bytes));
  return Buffer.concat(pieces).toString();
}

type Style = Pick<FormatSettings, 'nulls' | 'ints'>;

/** A row as it must be read back, without the column that tells the file. */
function plain(row: PlainRow, { nulls, ints }: Style): Record<string, unknown> {
  const integer = (value: number | null) => (value === null || ints === 'number' ? value : String(value));
  const more = row.more === null ? null : kept({ inner: integer(row.more.inner) }, nulls);
  const { key, share, tags } = row;
  return kept({ key, count: integer(row.count), share, tags, more }, nulls);
}

function kept(values: Readonly<Record<string, unknown>>, nulls: Style['nulls']): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => nulls === 'keep' || value !== null));
}

/** -0 is written as 0. */
function text(value: unknown): string {
  return JSON.stringify(value);
}

function byKey(rows: readonly PlainRow[]): PlainRow[] {
  return rows.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}

describe('a query file', () => {
  it('is the array of its rows', () => {
    const property = fc.property(Rows, Style, fc.integer({ min: 1, max: 20 }), (rows, style, batchRows) => {
      const settings = { scope: SPLIT, format: { kind: 'array' }, ...style } as const;

      expect(fileText(rows, settings, batchRows)).toBe(text(rows.map((row) => plain(row, style))));
    });

    fc.assert(property, { seed: 1, numRuns: 300 });
  });

  it('has one line for each row in NDJSON', () => {
    const property = fc.property(Rows, Style, fc.integer({ min: 1, max: 20 }), (rows, style, batchRows) => {
      const settings = { scope: SPLIT, format: { kind: 'ndjson' }, ...style } as const;
      const lines = rows.map((row) => `${text(plain(row, style))}\n`);

      expect(fileText(rows, settings, batchRows)).toBe(lines.join(''));
    });

    fc.assert(property, { seed: 2, numRuns: 300 });
  });

  it('has the rows of each key, keys in order, inside the outer object', () => {
    const wraps = fc.option(fc.constantFrom('v1', '"', ''), { nil: undefined });
    const property = fc.property(
      Rows,
      Style,
      wraps,
      fc.integer({ min: 1, max: 20 }),
      (rows, style, wrap, batchRows) => {
        const ordered = byKey(rows);
        const wrapped = wrap === undefined ? {} : { wrap };
        const settings = { scope: SPLIT, format: { kind: 'keyed', key: 'key', ...wrapped }, ...style } as const;
        const groups = [...new Set(ordered.map(({ key }) => key))].map((key) => {
          const own = ordered.filter((row) => row.key === key).map((row) => plain(row, style));
          return `${text(key)}:${text(own.map(({ key: __, ...row }) => row))}`;
        });
        const inner = `{${groups.join(',')}}`;

        expect(fileText(ordered, settings, batchRows)).toBe(wrap === undefined ? inner : `{${text(wrap)}:${inner}}`);
      },
    );

    fc.assert(property, { seed: 3, numRuns: 300 });
  });

  it('has the value of each key', () => {
    const property = fc.property(Rows, Style, fc.integer({ min: 1, max: 20 }), (rows, style, batchRows) => {
      const unique = [...new Map(byKey(rows).map((row) => [row.key, row])).values()];
      const settings = { scope: SPLIT, format: { kind: 'keyed', key: 'key', value: 'more' }, ...style } as const;
      const members = unique.flatMap((row) => {
        const value = plain(row, style)['more'];
        return value === undefined ? [] : [`${text(row.key)}:${text(value)}`];
      });

      expect(fileText(unique, settings, batchRows)).toBe(`{${members.join(',')}}`);
    });

    fc.assert(property, { seed: 4, numRuns: 300 });
  });
});

describe('a query file that cannot be made', () => {
  const row = { experiment: 'x', key: 'a', count: 1, share: 0.5, tags: [], more: null };
  const base = { scope: { kind: 'global' }, nulls: 'keep', ints: 'number' } as const;
  const keyed = { ...base, format: { kind: 'keyed', key: 'key' } } as const;

  it.each([
    ['keys that are not in order', keyed, [{ ...row, key: 'b' }, row], /is not in ascending order: "a" follows "b"/],
    [
      'a key that comes again after another',
      keyed,
      [row, { ...row, key: 'b' }, row],
      /is not in ascending order: "a" follows "b"/,
    ],
    [
      'two values of one key',
      { ...base, format: { kind: 'keyed', key: 'key', value: 'count' } },
      [row, row],
      /has "a" in two rows/,
    ],
    ['a key that is a number', { ...base, format: { kind: 'keyed', key: 'count' } }, [row], /must be STRING or DATE/],
    ['a key that the query lacks', { ...base, format: { kind: 'keyed', key: 'kye' } }, [row], /no column "kye"/],
    [
      'a value that the query lacks',
      { ...base, format: { kind: 'keyed', key: 'key', value: 'points' } },
      [row],
      /no column "points", which `value` names/,
    ],
    [
      'an integer that is no exact number',
      { ...base, format: { kind: 'array' } },
      [{ ...row, count: 2 ** 53 }],
      /Column "count" \(INT64\).*9007199254740992 is outside/,
    ],
  ] as const)('names %s', (_, settings, rows, message) => {
    expect(() => fileText(rows, settings, 8)).toThrow(message);
  });

  it('names a key that is NULL', () => {
    const format = fileFormat(COLUMNS, keyed);
    const batch = columnBatch(COLUMNS, [{ experiment: 'x' }]);

    expect(() => [...format.rows({ batch, from: 0, to: 1 })]).toThrow(/Column "key" \(`key`\) is NULL in a row/);
  });

  it('leaves out numbers that are not finite with the NULLs, and counts them', () => {
    const format = fileFormat(COLUMNS, { ...base, nulls: 'omit', format: { kind: 'array' } });
    const batch = columnBatch(COLUMNS, [
      { key: 'a', share: Number.NaN },
      { key: 'b', share: 0.5 },
    ]);

    const rows = [...format.rows({ batch, from: 0, to: 2 })].map((bytes) => Buffer.from(bytes).toString()).join('');

    expect(rows).toBe('[{"key":"a","tags":[]},{"key":"b","share":0.5,"tags":[]}');
    expect(format.nonFinite).toBe(1);
  });
});
