import { describe, expect, it } from 'vitest';
import type { QueryCostRow, WarehouseJob } from '../../../../src/domain/query-cost.ts';
import { MemoryRecordSink } from '../../../../src/adapters/memory/record-sink.ts';
import { LIST_PRICES } from '../../../../src/domain/query-cost-price.ts';
import { scrapeQueryCost } from '../../../../src/workers/monitoring/scrape-query-cost.ts';
import { monitoringFixture } from '../../../support/monitoring-fixture.ts';

const jobs = monitoringFixture<WarehouseJob[]>('query_cost/jobs.json');
const golden = monitoringFixture<Record<string, QueryCostRow[]>>('query_cost/golden.json');

function setup(keptDays: number | null = 180) {
  const tables = new MemoryRecordSink();
  const history = { keptDays, jobsOf: async () => jobs };
  const clock = { now: () => Date.parse('2026-01-15T03:00:00Z') };
  const deps = { history, tables, clock, dataset: 'mozanalysis', pricing: LIST_PRICES };
  const signal = new AbortController().signal;
  return { tables, scrape: (day: string, work = 'tick-1') => scrapeQueryCost(deps, { day, work: [work], signal }) };
}

describe('scrapeQueryCost', () => {
  it('replaces the rows of the day, and of no other', async () => {
    const { tables, scrape } = setup();
    await scrape('2026-01-13');
    await scrape('2026-01-14', 'tick-1');

    const result = await scrape('2026-01-14', 'tick-2');

    const rows = golden['2026-01-14'] ?? [];
    const cost = rows.reduce((sum, row) => sum + (row.cost_usd ?? 0), 0);
    expect(result).toMatchObject({ day: '2026-01-14', rows: rows.length, isComplete: true });
    expect(result.costUsd).toBeCloseTo(cost, 9);
    expect(tables.rows('query_cost_v1')).toHaveLength(rows.length + (golden['2026-01-13'] ?? []).length);
  });

  it('empties a day that has no jobs any more', async () => {
    const { tables, scrape } = setup();
    const [row] = golden['2026-01-14'] ?? [];
    const stale = { ...row, submission_timestamp: '2026-01-10T04:00:00Z' };
    await tables.append({ id: 'stale', table: 'query_cost_v1', rows: [stale] }, new AbortController().signal);

    await scrape('2026-01-10');

    expect(tables.rows('query_cost_v1')).toEqual([]);
  });

  it('says that a day still running is not complete', async () => {
    expect(await setup().scrape('2026-01-15')).toMatchObject({ isComplete: false });
  });

  it.each(['2025-07-19', '2026-02-30', 'yesterday'])('refuses %s, and leaves the table alone', async (day) => {
    const { tables, scrape } = setup();

    await expect(scrape(day)).rejects.toMatchObject({ code: 'USAGE' });
    expect(tables.rows('query_cost_v1')).toEqual([]);
  });

  it('goes back as far as the history does', async () => {
    expect(await setup(180).scrape('2025-07-20')).toMatchObject({ rows: 0 });
    expect(await setup(null).scrape('2020-01-01')).toMatchObject({ rows: 0 });
  });
});
