import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type QueryCostRow, queryCostRows, type WarehouseJob } from '../../../src/domain/query-cost.ts';
import { costOf, LIST_PRICES } from '../../../src/domain/query-cost-price.ts';
import { ExperimentsByTable, parseCostTableName } from '../../../src/domain/query-cost-name.ts';
import { normaliseSlug } from '../../../src/domain/slug.ts';
import { monitoringFixture } from '../../support/monitoring-fixture.ts';

interface GoldenName {
  readonly destination_table: string;
  readonly experiment_slug: string | null;
  readonly period: string | null;
  readonly index: number | null;
}

const jobs = monitoringFixture<WarehouseJob[]>('query_cost/jobs.json');
const days = monitoringFixture<Record<string, QueryCostRow[]>>('query_cost/golden.json');
const names = monitoringFixture<GoldenName[]>('query_cost/extraction.json');

describe('parseCostTableName', () => {
  it('reads every golden name', () => {
    const found = names.map(({ destination_table }) => {
      const { slug, period, index } = parseCostTableName(destination_table);
      return { destination_table, experiment_slug: slug, period, index };
    });

    expect(found).toEqual(names);
  });

  it.each([
    ['x_enrollments_biweek_1', 'x', 'week', 1],
    ['enrollments_my_test_week_2', 'my-test-week-2', null, null],
    ['statistics_x_week_1$20260114', null, null, null],
    ['x_Enrollments_week_1', null, 'week', 1],
    ['x_enrollments_week_', null, null, null],
  ])('reads %s as the specification says', (table, slug, period, index) => {
    expect(parseCostTableName(table)).toEqual({ slug, period, index });
  });
});

describe('ExperimentsByTable', () => {
  const experiments = new ExperimentsByTable(['early', 'early-enrollments-test', 'My_Test', 'my', '']);

  it.each([
    ['statistics_early_enrollments_test_week_2', 'early-enrollments-test'],
    ['early_enrollments_test_enrollments_week_2', 'early-enrollments-test'],
    ['enrollments_early', 'early'],
    ['early_enrollments_week_1', 'early'],
    ['statistics_earlybird_week_1', undefined],
    ['My_Test_exposures_day_1', 'My_Test'],
    ['logs', undefined],
  ])('finds the experiment of %s', (table, slug) => {
    expect(experiments.find(table)).toBe(slug);
  });

  it.each([
    ['statistics_x_week_1', 'x'],
    ['statistics_x_week_week_1', 'x-week'],
    ['statistics_x_weekly', 'x'],
    ['statistics_x_preenrollment_week_1', 'x-preenrollment'],
    ['enrollments_x_week', 'x-week'],
  ])('reads a slug that ends like a period only where a period follows: %s', (table, slug) => {
    expect(new ExperimentsByTable(['x', 'x-week', 'x-preenrollment']).find(table)).toBe(slug);
  });

  it.each([
    [undefined, 'a-b'],
    ['a-b', 'a-b'],
    ['a.b', 'a.b'],
    ['of-no-list', 'a-b'],
    ['A copy of another table', 'a-b'],
  ])(
    'takes the description %s of a listed table, if it fits its name, before slugs that are alike',
    (description, slug) => {
      const listing = [{ name: 'statistics_a_b_week_1', ...(description !== undefined && { description }) }];
      const byTable = new ExperimentsByTable(['a-b', 'a.b'], listing);

      expect(byTable.find('statistics_a_b_week_1')).toBe(slug);
      expect(byTable.find('statistics_a_b_week_2')).toBe('a-b');
    },
  );

  it.each([
    ['statistics_a_b_week_1', true],
    ['statistics_x_preenrollment_week_1', true],
    ['statistics_x_week_1', false],
    ['enrollments_a_b', false],
  ])('knows whether the name of %s fits several experiments', (table, isAmbiguous) => {
    const slugs = ['a-b', 'a.b', 'x', 'x-preenrollment'];

    expect(new ExperimentsByTable(slugs).isAmbiguous(table)).toBe(isAmbiguous);
  });

  it('finds each experiment by the tables made for it', () => {
    const slug = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/);
    fc.assert(
      fc.property(fc.uniqueArray(slug, { minLength: 1, maxLength: 5, selector: normaliseSlug }), (slugs) => {
        const byTable = new ExperimentsByTable(slugs);
        for (const known of slugs) {
          const found = byTable.find(`enrollments_${normaliseSlug(known)}`);
          // A slug that begins like a table of another one is the only thing that can come before it.
          expect(normaliseSlug(found ?? '').length).toBeGreaterThanOrEqual(normaliseSlug(known).length);
        }
      }),
    );
  });
});

describe('queryCostRows', () => {
  it.each(Object.keys(days))('makes the golden rows of %s', (day) => {
    const rows = queryCostRows(jobs, { day, dataset: 'mozanalysis', pricing: LIST_PRICES });

    const golden = days[day] ?? [];
    expect(rows.map(withoutCost)).toEqual(golden.map(withoutCost));
    for (const [index, row] of rows.entries()) {
      expect(Math.abs((row.cost_usd ?? NaN) - (golden[index]?.cost_usd ?? NaN))).toBeLessThan(1e-9);
    }
  });

  it('has no rows on days without jobs', () => {
    expect(queryCostRows(jobs, { day: '2026-01-12', dataset: 'mozanalysis', pricing: LIST_PRICES })).toEqual([]);
  });

  it.each([
    ['another dataset', { destination_table: { dataset_id: 'other', table_id: 'x' } }],
    ['no destination', { destination_table: null }],
    ['exactly the least slot time', { total_slot_ms: 3600 }],
    ['no slot time', { total_slot_ms: null }],
    ['the next day', { creation_time: '2026-01-15T00:00:00Z' }],
  ])('leaves a job out that has %s', (_, parts) => {
    expect(queryCostRows([job(parts)], { day: '2026-01-14', dataset: 'mozanalysis', pricing: LIST_PRICES })).toEqual(
      [],
    );
  });

  it.each([
    [59.999999, 0],
    [60, 1],
    [119, 1],
    [120, 2],
  ])('cuts %d seconds to %d minutes', (seconds, minutes) => {
    const end = new Date(Date.parse('2026-01-14T01:00:00Z') + seconds * 1000).toISOString();

    const [row] = queryCostRows([job({ end_time: end })], {
      day: '2026-01-14',
      dataset: 'mozanalysis',
      pricing: LIST_PRICES,
    });

    expect(row?.duration_minutes).toBe(minutes);
  });

  it('keeps the error of a job that failed', () => {
    const failed = job({ error_result: { reason: 'resourcesExceeded', message: 'too much' } });

    const rows = queryCostRows([failed], { day: '2026-01-14', dataset: 'mozanalysis', pricing: LIST_PRICES });

    expect(rows).toMatchObject([{ error_reason: 'resourcesExceeded', error_message: 'too much' }]);
  });
});

describe('costOf', () => {
  it('takes slot-hours or bytes, as is paid for', () => {
    const usage = { slotMs: 3_600_000, bytesProcessed: 1024 ** 4 };

    expect(costOf(usage, LIST_PRICES)).toBe(0.06);
    expect(costOf(usage, { ...LIST_PRICES, mode: 'on_demand' })).toBe(6.25);
    expect(costOf({ slotMs: 1, bytesProcessed: null }, { ...LIST_PRICES, mode: 'on_demand' })).toBeNull();
  });
});

function withoutCost(row: QueryCostRow): Partial<QueryCostRow> {
  const { cost_usd: _, ...rest } = row;
  return rest;
}

function job(parts: Partial<WarehouseJob>): WarehouseJob {
  return {
    creation_time: '2026-01-14T00:59:00Z',
    start_time: '2026-01-14T01:00:00Z',
    end_time: null,
    destination_table: { dataset_id: 'mozanalysis', table_id: 'statistics_x_week_1' },
    query: 'SELECT 1',
    error_result: null,
    total_bytes_processed: 1,
    total_slot_ms: 3601,
    ...parts,
  };
}
