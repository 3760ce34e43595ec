import { describe, expect, it } from 'vitest';
import { MemoryMonitoringReader } from '../../../../src/adapters/memory/monitoring-reader.ts';
import { MemoryRecordSink } from '../../../../src/adapters/memory/record-sink.ts';
import { EXPORT_RUNS_TABLE } from '../../../../src/domain/monitoring-tables.ts';
import type { QueryExport } from '../../../../src/domain/query-export/query-export.ts';
import { watchedQueries } from '../../../../src/workers/monitoring/query-runs.ts';
import { HOUR_MS, queryExport } from '../../../support/query-rows.ts';

const { signal } = new AbortController();
const NOW = Date.parse('2026-01-15T12:00:00Z');
const DAY_MS = 24 * HOUR_MS;

async function watched(
  definitions: readonly QueryExport[],
  runs: readonly { readonly query: string; readonly outcome: string; readonly at: number }[],
) {
  const sink = new MemoryRecordSink();
  const rows = runs.map(({ query, outcome, at }) => ({
    run_id: `${query} ${at}`,
    source: `query:${query}`,
    outcome,
    finished_at: new Date(at).toISOString(),
  }));
  await sink.append({ id: 'runs', table: EXPORT_RUNS_TABLE, rows }, signal);
  return watchedQueries(new MemoryMonitoringReader(sink), definitions, { now: NOW, signal });
}

describe('the runs of configured queries', () => {
  it('are known by query: the newest success, and the oldest run', async () => {
    const runs = [
      { query: 'my-query', outcome: 'failed', at: NOW - 4 * HOUR_MS },
      { query: 'my-query', outcome: 'published', at: NOW - 3 * HOUR_MS },
      { query: 'my-query', outcome: 'unchanged', at: NOW - 2 * HOUR_MS },
      { query: 'my-query', outcome: 'skipped', at: NOW - HOUR_MS },
      { query: 'other', outcome: 'published', at: NOW },
    ];

    expect(await watched([queryExport()], runs)).toEqual([
      { name: 'my-query', cadenceMs: HOUR_MS, succeededAt: NOW - 2 * HOUR_MS, ranAt: NOW - 4 * HOUR_MS },
    ]);
  });

  it('are read as far back as a rare query needs', async () => {
    const rare = queryExport({ name: 'rare', cadence: { kind: 'every', everyMs: 31 * DAY_MS } });
    const runs = [{ query: 'rare', outcome: 'published', at: NOW - 90 * DAY_MS }];

    expect(await watched([queryExport(), rare], runs)).toMatchObject([
      { name: 'my-query', succeededAt: null, ranAt: null },
      { name: 'rare', succeededAt: NOW - 90 * DAY_MS },
    ]);
  });

  it('are not asked for if the query is not enabled', async () => {
    expect(await watched([queryExport({ isEnabled: false })], [])).toEqual([]);
  });
});
