import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FoundRecord } from '../../../../../src/domain/console-premises.ts';
import { METADATA } from '../../../../../src/domain/object-metadata.ts';
import { statisticsObjectName, statisticsTableName } from '../../../../../src/domain/statistics-name.ts';
import { exportTable } from '../../../../../src/workers/statistics/export-table.ts';
import { judgePlainRows, type PlainRow } from '../../../../support/acceptance-reference.ts';
import { sortedRows } from '../../../../support/sort-rows.ts';
import {
  memoryTable,
  STATISTICS_COLUMNS,
  statisticsRow,
  type StatisticsRow,
} from '../../../../support/statistics-table.ts';
import { makeStatisticsWorld } from '../../../../support/statistics-world.ts';

const HUGE = 1.7e306;

const anyRow: fc.Arbitrary<PlainRow> = fc.record({
  metric: fc.constantFrom(
    'identity',
    'retained',
    'active_in_last_3_days',
    'active_in_last_3_days_legacy',
    'm',
    'n',
    'experiment',
  ),
  statistic: fc.constantFrom('mean', 'mean', 'mean_lm', 'count', 'percentage', 'deciles'),
  branch: fc.constantFrom('a', 'b', 'c', '_d'),
  comparison: fc.constantFrom(null, null, 'difference', 'relative_uplift', 'absolute', 'odd'),
  comparison_to_branch: fc.constantFrom(null, null, 'a', 'b', 'c', 'ghost'),
  point: fc.constantFrom(null, 0, 1, -3, 400, HUGE),
  segment: fc.constantFrom('all', 'x'),
  analysis_basis: fc.constantFrom('enrollments', 'enrollments', 'exposures', null),
  window_index: fc.constantFrom(null, 0, 1, 2, 4, 1001),
  parameter: fc.constantFrom(null, null, '0.5'),
});

const anyCase = fc.record({
  rows: fc.array(anyRow, { maxLength: 40 }),
  period: fc.constantFrom('daily' as const, 'weekly' as const, 'overall' as const),
  isPrimary: fc.boolean(),
  hasEarlierEnrollments: fc.boolean(),
});
type Case = typeof anyCase extends fc.Arbitrary<infer Value> ? Value : never;

/** Exports the rows as one file; tells the texts of its rows, what was left out, and how often the table was read. */
async function exportRows(
  { period, isPrimary, hasEarlierEnrollments }: Omit<Case, 'rows'>,
  rows: readonly StatisticsRow[],
) {
  const world = makeStatisticsWorld();
  const record: FoundRecord = { isPrimary, branches: ['a', 'b', 'c'], referenceBranch: 'a' };
  if (hasEarlierEnrollments && period !== 'daily') {
    await world.publish('[]', { [METADATA.bases]: 'enrollments' }, statisticsObjectName('my-slug', 'daily'));
  }
  world.source.set(statisticsTableName('my-slug', period), memoryTable(rows, { rowsPerBatch: 8 }));
  let reads = 0;
  const source: typeof world.source = Object.assign(Object.create(world.source), {
    open: async (request: Parameters<typeof world.source.open>[0]) => {
      reads += 1;
      return world.source.open(request);
    },
  });
  const request = world.request({ period, record });
  const done = await exportTable({ ...world.deps, source, refusedShareLimit: 1 }, request).catch(
    (error: unknown) => error,
  );
  const text = await world.textOf(statisticsObjectName('my-slug', period));
  return { done, text, reads };
}

function sorted(rows: readonly PlainRow[]): { plain: PlainRow[]; full: StatisticsRow[] } {
  const full = sortedRows(
    STATISTICS_COLUMNS,
    rows.map((row) => statisticsRow({ ...row, lower: null, upper: null, ci_width: null })),
  ) as StatisticsRow[];
  return { full, plain: full as unknown as PlainRow[] };
}

describe('the rules of section 4', () => {
  it('leave out what the plain reading of the spec leaves out, and read the table twice only where a file rule does', async () => {
    await fc.assert(
      fc.asyncProperty(anyCase, async ({ rows, ...context }) => {
        const { plain, full } = sorted(rows);
        const hasEarlierEnrollments = context.hasEarlierEnrollments && context.period !== 'daily';
        const judged = judgePlainRows(plain, { ...context, hasEarlierEnrollments });

        const { text, reads } = await exportRows(context, full);

        const kept = judged.filter((rule) => rule === undefined).length;
        if (rows.length > 0 && kept === 0) {
          expect(text).toBeUndefined();
          return;
        }
        expect((JSON.parse(text ?? '') as unknown[]).map(idOf)).toEqual(
          plain.filter((_, index) => judged[index] === undefined).map(idOf),
        );
        const isRead = judged.some((rule) => rule?.startsWith('F'));
        if (isRead) expect(reads).toBe(2);
        if (judged.every((rule) => rule === undefined)) expect(reads).toBe(1);
      }),
      { numRuns: 400 },
    );
  });

  it('hold for what was published: it is published again unchanged, and nothing is left out', async () => {
    await fc.assert(
      fc.asyncProperty(anyCase, async ({ rows, ...context }) => {
        const first = await exportRows(context, sorted(rows).full);
        if (first.text === undefined) return;
        const published = JSON.parse(first.text) as StatisticsRow[];

        const second = await exportRows(context, published);

        expect(second.text).toBe(first.text);
        expect(second.done).toMatchObject({ outcome: { rejected: 0, dropped: 0, duplicates: 0 } });
        expect(second.reads).toBe(1);
      }),
      { numRuns: 300 },
    );
  });

  // Numbers of clients, windows and statistics of a metric decide about other rows; comparisons and values do not.
  it('keep every row when a row that is kept is added, where no list, total or metric changes its kind', async () => {
    const anyPlain = anyRow.map((row) => ({
      ...row,
      window_index: 2,
      metric: row.metric === 'identity' ? 'm' : row.metric,
    }));
    const anyAdded = fc.record({ added: anyPlain, rest: anyCase });
    await fc.assert(
      fc.asyncProperty(anyAdded, async ({ added, rest: { rows, ...context } }) => {
        const isSafe = (row: PlainRow): boolean => row.metric !== 'identity';
        const calm = rows.map((row) => ({ ...row, window_index: 2 })).filter(isSafe);
        const before = await exportRows({ ...context, isPrimary: false }, sorted(calm).full);
        const after = await exportRows({ ...context, isPrimary: false }, sorted([...calm, added]).full);
        const isKept = (text: string | undefined, row: PlainRow): boolean =>
          text !== undefined && (JSON.parse(text) as unknown[]).map(idOf).includes(idOf(row));
        if (before.text === undefined || !isKept(after.text, added)) return;

        for (const row of JSON.parse(before.text) as PlainRow[]) expect(isKept(after.text, row)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

/** What tells rows apart, points aside. */
function idOf(row: unknown): string {
  const {
    metric,
    statistic,
    branch,
    comparison,
    comparison_to_branch,
    segment,
    analysis_basis,
    window_index,
    parameter,
  } = row as PlainRow;
  const window = window_index === null ? null : String(window_index);
  return JSON.stringify([
    metric,
    statistic,
    branch,
    comparison,
    comparison_to_branch,
    segment,
    analysis_basis,
    window,
    parameter,
  ]);
}
