import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { parseTimestamp } from '../../../../src/domain/utc-time.ts';
import { leftOutEntries } from '../../../../src/workers/errors/left-out-entries.ts';
import { errorsBound } from '../../../../src/domain/errors-export.ts';
import type { ErrorLogRow } from '../../../../src/ports/experiment-logs.ts';
import { buildErrorsFile } from '../../../../src/workers/errors/errors-file.ts';
import { consoleErrorsCases } from '../../../support/console-files.ts';
import { monitoringFixture } from '../../../support/monitoring-fixture.ts';

interface GoldenCase {
  readonly name: string;
  readonly rows: string;
  readonly slug: string;
  readonly analysis_start_time: string | null;
  readonly enrollment_end: string | null;
  readonly object?: string;
  readonly content_type?: string;
  readonly text?: string;
  readonly raises?: string;
}

const cases = monitoringFixture<GoldenCase[]>('errors/golden.json');
const written = cases.filter((golden) => golden.raises === undefined);
const refused = cases.filter((golden) => golden.raises !== undefined);

describe('buildErrorsFile', () => {
  it.each(written.map((golden) => [golden.name, golden] as const))('writes the golden file: %s', (_, golden) => {
    const file = buildGolden(golden);

    expect(file.text).toBe(golden.text);
    expect(file).toMatchObject({ object: golden.object, contentType: golden.content_type, dropped: [] });
  });

  it.each(refused.map((golden) => [golden.name, golden] as const))(
    'leaves the bad row out and tells: %s',
    (_, golden) => {
      const file = buildGolden(golden);

      expect(file.text).toBe('[]');
      expect(leftOutEntries(file.dropped)).toEqual([
        { message: expect.stringMatching(/ left out of the errors file: /), exceptionType: 'ErrorRowRefusedException' },
      ]);
    },
  );

  it.each(consoleErrorsCases().map((test) => [test.name, test] as const))(
    'writes what the console takes: %s',
    (_, { slug, rows, expected }) => {
      const file = buildErrorsFile({ slug, bound: null, rows });

      expect(file).toMatchObject({ text: expected.text, dropped: [] });
    },
  );

  it.each([
    'message',
    'filename',
    'func_name',
    'log_level',
    'exception',
    'exception_type',
    'metric',
    'statistic',
    'segment',
  ])('writes U+FFFD for U+0000 in %s, with a warning that names it', (column) => {
    const file = buildErrorsFile({ slug: 'my-slug', bound: null, rows: [row({ [column]: '\0a\0' })] });

    expect(JSON.parse(file.text)).toMatchObject([{ [column]: '\ufffda\ufffd' }]);
    expect(file.warnings).toMatchObject([
      { kind: 'nul', message: expect.stringContaining(`in ${column})`) as unknown },
    ]);
  });

  it.each(['source', 'analysis_basis', 'timestamp'])('leaves out a row with U+0000 in %s', (column) => {
    const values = { source: 'jetstream\0', analysis_basis: '\0enrollments', timestamp: '2026-01-13 04:30:00\0' };
    const rows = [row({}), row({ [column]: values[column as keyof typeof values] })];

    const file = buildErrorsFile({ slug: 'my-slug', bound: null, rows });

    expect(file).toMatchObject({ entries: 1, warnings: [] });
    expect(file.dropped).toMatchObject([{ problem: expect.stringMatching(`^${column}: must be `) as unknown }]);
  });

  it('leaves out a row with half of a surrogate pair, and takes both halves', () => {
    const file = buildErrorsFile({
      slug: 'my-slug',
      bound: null,
      rows: [row({ message: 'half \ud83d' }), row({ message: 'whole 😀' })],
    });

    expect(JSON.parse(file.text)).toMatchObject([{ message: 'whole 😀' }]);
    expect(file.dropped).toMatchObject([{ problem: 'message: must be valid Unicode' }]);
  });

  it('writes errors of a metric named experiment, with a warning; of other metrics and none without', () => {
    const metrics = ['experiment', 'experiment', 'Experiment', '', null];

    const file = buildErrorsFile({ slug: 'my-slug', bound: null, rows: metrics.map((metric) => row({ metric })) });

    expect(file).toMatchObject({ entries: 5, dropped: [] });
    expect(file.warnings).toMatchObject([
      { kind: 'name', message: expect.stringMatching(/^2 errors concern a metric named "experiment"\./) as unknown },
    ]);
  });

  it('never holds U+0000, and is the same file when its entries are exported again', () => {
    const text = fc.string({ unit: fc.constantFrom('\0', '\\', 'u0000', '\ufffd', '\ud83d', '😀', 'a', '"') });
    const anyRow = fc.record({
      message: text,
      metric: fc.option(text),
      segment: fc.option(text),
      exception: fc.option(text),
      source: fc.oneof(fc.constantFrom('jetstream', null), text),
      analysis_basis: fc.oneof(fc.constantFrom('exposures', null), text),
    });
    fc.assert(
      fc.property(fc.array(anyRow, { maxLength: 6 }), (parts) => {
        const file = buildErrorsFile({ slug: 'my-slug', bound: null, rows: parts.map(row) });
        const entries = JSON.parse(file.text) as ErrorLogRow[];
        const again = buildErrorsFile({ slug: 'my-slug', bound: null, rows: entries });

        expect(entries.flatMap(Object.values).join('')).not.toContain('\0');
        expect(file.entries + file.dropped.length).toBe(parts.length);
        expect(again).toMatchObject({ text: file.text, dropped: [] });
        expect(again.warnings.filter(({ kind }) => kind === 'nul')).toEqual([]);
      }),
    );
  });

  it('writes the rows around a bad one', () => {
    const rows = [row({ message: 'first' }), row({ source: 'elsewhere' }), row({ message: 'last' })];

    const file = buildErrorsFile({ slug: 'my-slug', bound: null, rows });

    expect(JSON.parse(file.text)).toMatchObject([{ message: 'first' }, { message: 'last' }]);
    expect(file.dropped[0]?.problem).toBe('source: must be one of jetstream, jetstream-preview, sizing, or NULL');
  });

  it('tells many rows of one fault in one line', () => {
    const rows = Array.from({ length: 1000 }, () => row({ source: 'elsewhere' }));

    const { dropped } = buildErrorsFile({ slug: 'my-slug', bound: null, rows });

    expect(dropped).toHaveLength(1000);
    expect(leftOutEntries(dropped)).toHaveLength(1);
  });

  it("leaves Contrail's own rows out, and does not judge them", () => {
    const rows = [row({ source: 'contrail' }), row({ source: 'contrail', filename: null })];

    const file = buildErrorsFile({ slug: 'my-slug', bound: null, rows });

    expect(file).toMatchObject({ text: '[]', dropped: [] });
  });

  it('takes rows at the bound, and none before', () => {
    const bound = parseTimestamp('2026-01-13T04:30:00Z') ?? null;
    const rows = [row({ timestamp: '2026-01-13 04:29:59.999999' }), row({ timestamp: '2026-01-13T04:30:00Z' })];

    const file = buildErrorsFile({ slug: 'my-slug', bound, rows });

    expect(JSON.parse(file.text)).toMatchObject([{ timestamp: '2026-01-13T04:30:00Z' }]);
  });

  it('does not count a row without a time as after the bound', () => {
    const file = buildErrorsFile({ slug: 'my-slug', bound: 0, rows: [row({ timestamp: null })] });

    expect(file).toMatchObject({ text: '[]', dropped: [] });
  });

  it('keeps the fraction of a second where there is one', () => {
    const file = buildErrorsFile({
      slug: 'my-slug',
      bound: null,
      rows: [row({ timestamp: '2026-01-13 04:30:00.1234' })],
    });

    expect(file.text).toContain('"timestamp":"2026-01-13T04:30:00.123400Z"');
  });

  it('writes the same bytes in whatever order the rows come', () => {
    const times = ['2026-01-13 04:30:00', '2026-01-13 04:30:00.5', '2026-01-14 00:00:00'];
    const anyRow = fc.record({
      timestamp: fc.constantFrom(...times),
      message: fc.constantFrom('a', 'b', 'é'),
      metric: fc.option(fc.constantFrom('m', 'n')),
    });
    fc.assert(
      fc.property(fc.array(anyRow), fc.integer(), (parts, seed) => {
        const rows = parts.map(row);
        const shuffled = rows.map((entry, index) => ({ entry, at: (index * 7919 + seed) % 101 }));
        const others = shuffled.sort((a, b) => a.at - b.at).map(({ entry }) => entry);

        const texts = [rows, others].map((list) => buildErrorsFile({ slug: 'my-slug', bound: null, rows: list }).text);

        expect(texts[0]).toBe(texts[1]);
      }),
    );
  });
});

function buildGolden(golden: GoldenCase) {
  const analysisStart = microsOf(golden.analysis_start_time);
  const bound = errorsBound({ analysisStart, enrollmentEnd: microsOf(golden.enrollment_end) });
  const rows = monitoringFixture<ErrorLogRow[]>(`errors/${golden.rows}.json`);
  return buildErrorsFile({ slug: golden.slug, bound, rows });
}

function microsOf(text: string | null): number | null {
  return text === null ? null : (parseTimestamp(text) ?? null);
}

function row(parts: ErrorLogRow): ErrorLogRow {
  return {
    timestamp: '2026-01-13 04:30:00',
    experiment: 'my-slug',
    message: 'went wrong',
    log_level: 'ERROR',
    exception: 'ValueError()',
    filename: 'analysis.py',
    func_name: 'run',
    exception_type: 'ValueError',
    source: 'jetstream',
    analysis_period: 'week',
    ...parts,
  };
}
