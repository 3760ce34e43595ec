import { describe, expect, it } from 'vitest';
import { CONSOLE_RULES, CONSOLE_RULES_NAMES, type ConsoleRules } from '../../../src/domain/console-rules.ts';
import { decideDrops } from '../../../src/workers/statistics/acceptance/file-rules.ts';
import { RowChecker } from '../../../src/workers/statistics/acceptance/row-checker.ts';
import { columnBatch } from '../../support/column-batches.ts';
import { STATISTICS_COLUMNS, statisticsRow, type StatisticsRow } from '../../support/statistics-table.ts';

/** Retention over the weeks: in week 1 the treatment is compared with a control that has a row in week 2 only. */
const RETENTION = [
  { branch: 'treatment', window_index: 1 },
  { branch: 'treatment', window_index: 1, comparison: 'difference', comparison_to_branch: 'control' },
  { branch: 'control', window_index: 2 },
  { branch: 'treatment', window_index: 2, comparison: 'difference', comparison_to_branch: 'control' },
].map((row) => statisticsRow({ metric: 'retained', statistic: 'binomial', ...row }));

function judge(rows: readonly StatisticsRow[], rules: ConsoleRules) {
  const options = { columns: STATISTICS_COLUMNS, order: 'key', period: 'weekly', rules, windowLimit: 100 } as const;
  const checker = new RowChecker({ ...options, showRow: () => '' });
  checker.check(columnBatch(STATISTICS_COLUMNS, rows));
  const context = { period: 'weekly', rules, isPrimary: false, hasEarlierEnrollments: false } as const;
  const drops = decideDrops(checker.outline(), context)?.groups ?? [];
  const shapes = drops.flatMap(({ metrics }) => metrics.flatMap((metric) => metric.shapes));
  return { reasons: checker.finish().reasons.map(({ reason }) => reason), rules: shapes.map(({ drop }) => drop.rule) };
}

describe('a version of the console', () => {
  it('is chosen by name, and the names are those of the data', () => {
    expect([...CONSOLE_RULES_NAMES].sort()).toEqual(Object.keys(CONSOLE_RULES).sort());
  });

  it('that takes retention of week 2 alone replaces the other weeks', () => {
    expect(judge(RETENTION, CONSOLE_RULES.e5dd1051c)).toEqual({ reasons: [], rules: [] });
  });

  it('that takes retention of every week judges each week by itself', () => {
    expect(judge(RETENTION, CONSOLE_RULES['16512'])).toEqual({ reasons: [], rules: ['F4'] });
  });

  it('that lets rows of every week travel looks at their names too', () => {
    const odd = [statisticsRow({ metric: 'retained', statistic: 'binomial', branch: '_x', window_index: 1 })];

    expect(judge(odd, CONSOLE_RULES.e5dd1051c).reasons).toEqual([]);
    expect(judge(odd, CONSOLE_RULES['16512']).reasons).toEqual(['branch begins with _']);
  });

  it('can do without single rules of whole files', () => {
    const without = { ...CONSOLE_RULES['16512'], fileRules: ['F1', 'F2', 'F3', 'F5', 'F6', 'F7'] } as const;

    expect(judge(RETENTION, without).rules).toEqual([]);
  });
});
