import { assert, constantFrom, property, record, uniqueArray } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HEALTH_COLUMNS, type HealthColumn } from '../../../../src/web/pages/health/health-columns.ts';
import { healthRows, healthTotals } from '../../../../src/web/pages/health/health-rows.ts';
import { isInState, matrixOf, type MatrixRequest, STATE_FILTERS } from '../../../../src/web/pages/health/matrix.ts';
import {
  failed,
  type FileFacts,
  file,
  fileEntry,
  FRESH,
  gone,
  MISSING,
  NEVER,
  NOT_DUE,
  STALE,
} from '../../../support/health-files.ts';
import { healthFile } from '../../../../src/web/pages/health/health-file.ts';

const fileOf = ({ id, product }: HealthColumn) =>
  id === 'metadata' || id === 'errors' ? { product } : { product, period: id };

const rowsOf = (files: readonly FileFacts[]) => healthRows(files.map(file));

function experimentsOf(files: readonly FileFacts[], request: MatrixRequest = {}) {
  return matrixOf(rowsOf(files), request).rows.map(({ experiment }) => experiment);
}

const MIXED: FileFacts[] = [
  { experiment: 'calm-b', ...FRESH },
  { experiment: 'calm-a', ...FRESH, application: 'fenix' },
  { experiment: 'late', ...STALE, period: 'overall' },
  { experiment: 'late', product: 'metadata', ...FRESH },
  { experiment: 'broken', ...failed('No.') },
  { experiment: 'broken', product: 'errors', ...FRESH },
];

describe('the matrix', () => {
  it('has what needs attention first, and what needs nobody by name', () => {
    expect(experimentsOf(MIXED)).toEqual(['broken', 'late', 'calm-a', 'calm-b']);
    expect(experimentsOf(MIXED, { sort: 'name' })).toEqual(['broken', 'calm-a', 'calm-b', 'late']);
  });

  it('has later files of one state first', () => {
    const later = { ...STALE, newer: { ...STALE.newer, changedAt: STALE.newer.changedAt - 3_600_000 } };

    expect(
      experimentsOf([
        { experiment: 'a', ...STALE },
        { experiment: 'b', ...later },
      ]),
    ).toEqual(['b', 'a']);
  });

  it.each<[MatrixRequest, string[]]>([
    [{ app: 'fenix' }, ['calm-a']],
    [{ app: 'nothing' }, []],
    [{ state: 'stale' }, ['late']],
    [{ state: 'needs-you' }, ['broken', 'late']],
    [{ state: 'fresh' }, ['broken', 'late', 'calm-a', 'calm-b']],
    [{ product: 'errors' }, ['broken']],
    [{ product: 'errors', state: 'failed' }, []],
    [{ q: 'CALM' }, ['calm-a', 'calm-b']],
    [{ q: ' calm_b ' }, ['calm-b']],
  ])('filters by %j', (request, expected) => {
    expect(experimentsOf(MIXED, request)).toEqual(expected);
  });

  it('shows the columns of the product that was asked for', () => {
    const { columns } = matrixOf(rowsOf(MIXED), { product: 'metadata' });

    expect(columns.map(({ id }) => id)).toEqual(['metadata']);
  });

  it('folds columns in which nothing is due', () => {
    const files = [FRESH, { period: 'daily' as const, ...NOT_DUE }, { product: 'metadata' as const, ...FRESH }];

    const { columns, folded } = matrixOf(rowsOf(files), {});

    expect(columns.map(({ id }) => id)).toEqual(['weekly', 'metadata']);
    expect(folded.map(({ id }) => id)).toContain('daily');
  });

  it('keeps a column with a first file on its way', () => {
    const { columns } = matrixOf(rowsOf([{ period: 'daily', source: { version: 'a', seenAt: Infinity } }]), {});

    expect(columns.map(({ id }) => id)).toEqual(['daily']);
  });

  it('has fifty experiments a page, and shows the last page to whoever asks for a later one', () => {
    const rows = rowsOf(Array.from({ length: 120 }, (_, n) => ({ experiment: `e${1000 + n}`, ...FRESH })));

    expect(matrixOf(rows, { page: 2 }).rows[0]?.experiment).toBe('e1050');
    expect(matrixOf(rows, { page: 9 })).toMatchObject({ page: 3, pages: 3, experiments: 120 });
    expect(matrixOf(rows, { page: 9 }).rows).toHaveLength(20);
    expect(matrixOf([], {})).toMatchObject({ rows: [], columns: [], folded: [], page: 1, pages: 1 });
  });

  it('shows each file in exactly one state, and the totals say the same', () => {
    const states = constantFrom(FRESH, STALE, NEVER, MISSING, NOT_DUE, failed('No.'), gone(3), gone(30));
    const jobs = constantFrom(undefined, { queue: 'statistics', state: 'active' } as const);
    const files = uniqueArray(
      record({
        experiment: constantFrom('a', 'b', 'c-d'),
        column: constantFrom(...HEALTH_COLUMNS),
        of: states,
        job: jobs,
      }),
      { selector: ({ experiment, column }) => `${experiment} ${column.id}`, maxLength: 24 },
    );
    assert(
      property(files, (drawn) => {
        const all = drawn.map(({ experiment, column, of, job }) => {
          return healthFile(fileEntry({ experiment, ...fileOf(column), ...of }), job, {
            now: Date.parse('2026-01-15T12:00:00Z'),
            lagMs: 6 * 3_600_000,
          });
        });
        const rows = healthRows(all);
        const totals = healthTotals(all);
        const shown = rows.flatMap((row) => [...row.files.values()]);

        expect(shown).toHaveLength(all.length);
        expect(healthTotals(shown)).toEqual(totals);
        expect(Object.values(totals.byState).reduce((sum, count) => sum + count, 0)).toBe(all.length);
        expect(totals.files + totals.notDue).toBe(all.length);
        const states = STATE_FILTERS.filter((filter) => filter !== 'needs-you');
        for (const one of shown) expect(states.filter((filter) => isInState(one, filter))).toHaveLength(1);
        const urgent = matrixOf(rows, { state: 'needs-you' }).rows.flatMap(({ byAttention }) =>
          byAttention.filter(({ needsYou }) => needsYou),
        );
        expect(urgent).toHaveLength(totals.needYou);
      }),
    );
  });
});
