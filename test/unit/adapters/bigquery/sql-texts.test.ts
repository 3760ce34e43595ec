import { describe, expect, it } from 'vitest';
import { jobLabels } from '../../../../src/adapters/bigquery/labels.ts';
import { loadLines, tableLayout } from '../../../../src/adapters/bigquery/load-rows.ts';
import { CONTRACT_ORDER, isContractOrder, orderByColumns } from '../../../../src/adapters/bigquery/row-order.ts';
import { tablePath, textLiteral } from '../../../../src/adapters/bigquery/sql.ts';
import { windowTablePrefix } from '../../../../src/adapters/bigquery/view-tables.ts';
import { namesWithPrefix } from '../../../../src/domain/sorted-names.ts';
import { columnsWith, columnsWithout, FLOAT64, STATISTICS_COLUMNS, STRING } from '../../../support/statistics-table.ts';

describe('the order of rows', () => {
  it('is that of the contract where a table has its columns', () => {
    expect(isContractOrder(STATISTICS_COLUMNS)).toBe(true);
    expect(CONTRACT_ORDER).toMatch(/^`window_index`, `segment`, .*`ci_width`\), .*, `point`, `lower`, `upper`$/);
  });

  it('is another where a column is missing, windows are texts, or a key holds doubles', () => {
    expect(isContractOrder(columnsWithout('window_index'))).toBe(false);
    expect(isContractOrder(columnsWith({ window_index: STRING }))).toBe(false);
    expect(isContractOrder(columnsWith({ segment: FLOAT64 }))).toBe(false);
    expect(isContractOrder(columnsWith({ parameter: FLOAT64 }))).toBe(true);
  });

  it('is by the columns that can be sorted, those of the contract first', () => {
    const columns = [
      { name: 'note', type: STRING },
      { name: 'j', type: { kind: 'json' } as const },
      { name: 'ci_width', type: FLOAT64 },
      { name: 'window_index', type: STRING },
    ];

    expect(orderByColumns(columns)).toBe(
      'SAFE_CAST(`window_index` AS BIGNUMERIC), `window_index`, ' +
        'IF(IS_NAN(`ci_width`) OR IS_INF(`ci_width`), NULL, `ci_width`), `note`',
    );
    expect(orderByColumns([columns[1]!])).toBeUndefined();
  });
});

describe('names and texts', () => {
  it('are quoted whatever they hold', () => {
    expect(tablePath({ project: 'p-1', dataset: 'd', table: 'a`b\\' })).toBe('`p-1.d.a\\`b\\\\`');
    expect(textLiteral("it's \\ \n")).toBe(String.raw`'it\'s \\ \n'`);
  });

  it('of labels keep to the rules', () => {
    const labels = jobLabels({ experiment: `Ä-Slug ${'x'.repeat(80)}`, '1st': 'no key', period: '' });

    expect(labels).toEqual({ application: 'contrail', experiment: `--slug-${'x'.repeat(56)}`, period: '' });
  });
});

describe('the tables of a view', () => {
  it.each([
    ['statistics_foo_weekly', 'statistics_foo_week_'],
    ['statistics_foo_daily', 'statistics_foo_day_'],
    ['statistics_foo_overall', 'statistics_foo_overall_'],
    ['statistics_foo_preenrollment_weekly', 'statistics_foo_preenrollment_week_'],
    ['statistics_foo_preenrollment_days28', 'statistics_foo_preenrollment_days28_'],
    ['statistics_foo_week_1', undefined],
    ['other', undefined],
  ])('of the name %s begin with %s', (view, prefix) => {
    expect(windowTablePrefix(view)).toBe(prefix);
  });

  it('are all that begin so', () => {
    const names = ['a', 'a_1', 'a_10', 'a_x_a_1', 'b', 'b_1'];

    expect(namesWithPrefix(names, 'a_')).toEqual(['a_1', 'a_10', 'a_x_a_1']);
    expect(namesWithPrefix(names, 'b')).toEqual(['b', 'b_1']);
    expect(namesWithPrefix(names, 'c')).toEqual([]);
    expect(namesWithPrefix([], 'a')).toEqual([]);
  });
});

describe('rows to load', () => {
  it('leave out NULL, but not inside JSON', () => {
    const branch = { slug: 'control', ratio: null, features: [{ value: null }] };

    const lines = loadLines('experimenter_experiments_v1', [{ status: null, type: 'v6', branches: [branch] }, {}]);

    expect(lines.toString()).toBe('{"type":"v6","branches":[{"slug":"control","features":[{"value":null}]}]}\n{}\n');
  });

  it('go to tables with the schema and the days of the specification', () => {
    expect(tableLayout('logs')).toMatchObject({
      schema: { fields: expect.arrayContaining([{ name: 'timestamp', type: 'TIMESTAMP', mode: 'NULLABLE' }]) },
      timePartitioning: { type: 'DAY', field: 'timestamp' },
      clustering: { fields: ['experiment'] },
    });
    expect(tableLayout('unknown')).toBeUndefined();
  });
});
