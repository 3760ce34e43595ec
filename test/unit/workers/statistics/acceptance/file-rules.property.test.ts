import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FoundRecord } from '../../../../../src/domain/console-premises.ts';
import { METADATA } from '../../../../../src/domain/object-metadata.ts';
import { statisticsObjectName, statisticsTableName } from '../../../../../src/domain/statistics-name.ts';
import { CONSOLE_RULES } from '../../../../../src/domain/console-rules.ts';
import type { DropPlan } from '../../../../../src/workers/statistics/acceptance/drop-plan.ts';
import { batchOfRows, columnsOfRow, type FileRow } from '../../../../support/file-rows.ts';
import { decideDrops } from '../../../../../src/workers/statistics/acceptance/file-rules.ts';
import { FileOutline, joinOutlines } from '../../../../../src/workers/statistics/acceptance/outline.ts';
import { plansOfParts } from '../../../../../src/workers/statistics/acceptance/plans-of-parts.ts';
import { RowChecker } from '../../../../../src/workers/statistics/acceptance/row-checker.ts';
import { exportTable } from '../../../../../src/workers/statistics/export-table.ts';
import { judgePlainRows, type PlainRow } from '../../../../support/acceptance-reference.ts';
import { columnBatch } from '../../../../support/column-batches.ts';
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
  const record: FoundRecord = { isPrimary, branches: ['a', 'b', 'c'], lacksReferenceBranch: false };
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

  it('leave the same out of parts that are read apart and joined', async () => {
    await fc.assert(
      fc.asyncProperty(anyCase, fc.array(fc.nat(40), { maxLength: 3 }), async ({ rows, ...context }, cuts) => {
        const { plain, full } = sorted(rows);
        // The parts of a divided table never share a key.
        const isCut = (index: number): boolean =>
          cuts.includes(index) && index > 0 && idOf(plain[index - 1]) !== idOf(plain[index]);
        const parts: StatisticsRow[][] = [[]];
        for (const [index, row] of full.entries()) {
          if (isCut(index)) parts.push([]);
          parts.at(-1)?.push(row);
        }
        const hasEarlierEnrollments = context.hasEarlierEnrollments && context.period !== 'daily';
        const fileContext = { ...context, hasEarlierEnrollments, rules: CONSOLE_RULES.e5dd1051c };
        const first = parts.map((part) => checkPart(part, context.period, undefined));
        const outlines = first.map(({ outline }) => FileOutline.parse(JSON.parse(JSON.stringify(outline))));
        const plan = decideDrops(joinOutlines(outlines), fileContext);
        const plans = plan === undefined ? [] : plansOfParts(plan, outlines);

        const second = plan === undefined ? first : parts.map((part, i) => checkPart(part, context.period, plans[i]));

        const judged = judgePlainRows(plain, { ...context, hasEarlierEnrollments });
        expect(second.flatMap(({ isKept }) => isKept)).toEqual(judged.map((rule) => rule === undefined));
        expect(decideDrops(joinOutlines(second.map(({ outline }) => outline)), fileContext)).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });

  it('hold for what was published: it is published again unchanged, and nothing is left out', async () => {
    await fc.assert(
      fc.asyncProperty(anyCase, async ({ rows, ...context }) => {
        const first = await exportRows(context, sorted(rows).full);
        if (first.text === undefined) return;
        const published = JSON.parse(first.text) as StatisticsRow[];

        const second = await exportRows(context, published);
        const judged = judgeBytes(published, context);

        expect(second.text).toBe(first.text);
        expect(second.done).toMatchObject({ outcome: { rejected: 0, dropped: 0, duplicates: 0 } });
        expect(second.reads).toBe(1);
        expect(judged).toEqual({ rejected: 0, dropped: 0, duplicates: 0, plan: undefined });
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

/** What the rules say of a published file, asked of its bytes alone. */
function judgeBytes(rows: readonly StatisticsRow[], context: Omit<Case, 'rows'>) {
  const [first] = rows as FileRow[];
  const columns = first === undefined ? [] : columnsOfRow(first);
  const { period } = context;
  const rules = CONSOLE_RULES.e5dd1051c;
  const options = { columns, order: 'windows', period, rules, windowLimit: 1_000 } as const;
  const checker = new RowChecker({ ...options, showRow: () => '' });
  checker.check(batchOfRows(columns, rows as FileRow[]));
  const hasEarlierEnrollments = context.hasEarlierEnrollments && period !== 'daily';
  const plan = decideDrops(checker.outline(), { ...context, hasEarlierEnrollments, rules });
  const { rejected, dropped, duplicates } = checker.finish();
  return { rejected, dropped, duplicates, plan };
}

/** Which rows of a part stay, and its outline. */
function checkPart(rows: readonly StatisticsRow[], period: Case['period'], plan: DropPlan | undefined) {
  const rules = CONSOLE_RULES.e5dd1051c;
  const options = { columns: STATISTICS_COLUMNS, order: 'key', period, rules, windowLimit: 100, plan } as const;
  const checker = new RowChecker({ ...options, showRow: () => '' });
  const { leftOut } = checker.check(columnBatch(STATISTICS_COLUMNS, rows));
  return { isKept: rows.map((_, row) => (leftOut?.[row] ?? 0) === 0), outline: checker.outline() };
}

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
