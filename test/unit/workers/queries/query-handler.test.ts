import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { MemoryMonitoringReader } from '../../../../src/adapters/memory/monitoring-reader.ts';
import { MemoryObjectStore } from '../../../../src/adapters/memory/object-store.ts';
import { MemoryRecordSink } from '../../../../src/adapters/memory/record-sink.ts';
import { VirtualClock } from '../../../../src/adapters/memory/virtual-clock.ts';
import { EXPORT_RUNS_TABLE } from '../../../../src/domain/monitoring-tables.ts';
import type { JobOutcome } from '../../../../src/domain/outcome.ts';
import { LIST_PRICES } from '../../../../src/domain/query-cost-price.ts';
import type { QueryExport } from '../../../../src/domain/query-export/query-export.ts';
import { queryJobId } from '../../../../src/jobs/monitoring-job.ts';
import { DailyBudget } from '../../../../src/workers/queries/daily-budget.ts';
import { handleQueryJob } from '../../../../src/workers/queries/query-handler.ts';
import { recordedLog } from '../../../support/recorded-log.ts';
import { queryExport, QueryRows } from '../../../support/query-rows.ts';

const TICK = Date.parse('2026-01-15T12:00:00Z');
/** The warehouse of these tests says that each query took an hour of one slot. */
const PRICING = { ...LIST_PRICES, usdPerSlotHour: 2 };

function setup({ parts = {}, limitUsd = 5 }: { parts?: Partial<QueryExport>; limitUsd?: number } = {}) {
  const clock = new VirtualClock(TICK);
  const store = new MemoryObjectStore({ clock });
  const queries = new QueryRows();
  const sink = new MemoryRecordSink();
  const reader = new MemoryMonitoringReader(sink);
  const budget = new DailyBudget({ reader, clock, pricing: PRICING, limitUsd });
  const deps = {
    store,
    clock,
    queries,
    experimentRecords: { url: 'memory:', fetch: (): Promise<unknown> => Promise.resolve([]) },
    resolution: () => Promise.reject(new Error('nobody asks for metric-hub')),
    definitions: [queryExport(parts)],
    budget,
    records: { sink, clock, log: recordedLog() },
  };
  const { signal } = new AbortController();
  const run = (tick = TICK, name = 'my-query'): Promise<JobOutcome> => {
    const context = {
      jobId: queryJobId({ name, tick }),
      attempt: 1,
      attempts: 1,
      signal,
      enqueuedAt: 0,
      waitedMs: 0,
      failedRounds: 0,
      progress: () => undefined,
      log: () => undefined,
    };
    return handleQueryJob(deps, { version: 1, task: 'query', name, tick }, context);
  };
  /** A run of another process, as its record tells it. */
  const record = (runId: string, finishedAt: number, usd: number) =>
    sink.append(
      {
        id: runId,
        table: EXPORT_RUNS_TABLE,
        rows: [{ run_id: runId, finished_at: new Date(finishedAt).toISOString(), product: 'query', cost_usd: usd }],
      },
      signal,
    );
  const read = async () => {
    const content = await store.read('live/my-query.json', signal);
    return content === undefined ? undefined : text(content);
  };
  return { clock, queries, run, record, read };
}

describe('a query job', () => {
  it('publishes the files of its tick', async () => {
    const { run, queries, read } = setup();
    queries.rows = [{ experiment: 'a', value: 1 }];

    expect(await run()).toMatchObject({ kind: 'published', object: 'live/my-query.json', rows: 1 });
    expect(await read()).toBe('[{"experiment":"a","value":"1"}]');
  });

  it.each([
    ['that no configuration names', {}, 'other-query'],
    ['that is not enabled', { isEnabled: false }, 'my-query'],
  ])('does nothing for a query %s', async (_, parts, name) => {
    const { run, queries } = setup({ parts });

    expect(await run(TICK, name)).toMatchObject({ kind: 'skipped', reason: expect.stringContaining(name) });
    expect(queries.asked).toEqual([]);
  });
});

describe('the daily budget of queries', () => {
  it('stops them once it is used up, until the next day', async () => {
    const { run, clock } = setup({ limitUsd: 3 });
    const kinds: string[] = [];
    for (let tick = 0; tick < 3; tick++) kinds.push((await run(TICK + tick)).kind);

    await clock.advance(12 * 3_600_000);
    const nextDay = await run(TICK + 12 * 3_600_000);

    expect(kinds).toEqual(['published', 'unchanged', 'skipped']);
    expect(nextDay.kind).toBe('unchanged');
  });

  it('says what it is and what was spent', async () => {
    const { run } = setup({ limitUsd: 2 });
    await run();

    expect(await run(TICK + 1)).toMatchObject({
      kind: 'skipped',
      object: 'live/my-query.json',
      reason: expect.stringContaining('the budget of 2026-01-15 is used up (2.00 USD of 2.00 USD'),
    });
  });

  it('counts runs that failed', async () => {
    const { run, queries } = setup({ limitUsd: 2 });
    queries.rows = Array.from({ length: 2_000 }, () => ({ experiment: 'a' }));
    await expect(run()).rejects.toMatchObject({ code: 'QUERY_LIMIT' });

    expect((await run(TICK + 1)).kind).toBe('skipped');
  });

  it('counts runs of other processes today, but not those of yesterday', async () => {
    const { run, record } = setup({ limitUsd: 3 });
    await record('yesterday', TICK - 13 * 3_600_000, 100);
    await record('today', TICK - 3_600_000, 2.5);

    const kinds = [(await run()).kind, (await run(TICK + 1)).kind];

    expect(kinds).toEqual(['published', 'skipped']);
  });

  it('counts a run once, before and after its record is written', async () => {
    const { run, record, clock } = setup({ limitUsd: 4.5 });
    await run();
    await record(`${queryJobId({ name: 'my-query', tick: TICK })}.1`, TICK, 2);
    await clock.advance(10 * 60_000);

    const kinds = [(await run(TICK + 1)).kind, (await run(TICK + 2)).kind, (await run(TICK + 3)).kind];

    expect(kinds).toEqual(['unchanged', 'unchanged', 'skipped']);
  });
});
