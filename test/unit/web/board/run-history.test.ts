import { describe, expect, it } from 'vitest';
import { MemoryMonitoringReader } from '../../../../src/adapters/memory/monitoring-reader.ts';
import { MemoryRecordSink } from '../../../../src/adapters/memory/record-sink.ts';
import { VirtualClock } from '../../../../src/adapters/memory/virtual-clock.ts';
import type { MonitoringReader } from '../../../../src/ports/monitoring-reader.ts';
import { RunReader } from '../../../../src/web/board/ended-runs.ts';
import { countPoints, latencyPoints, runHistory } from '../../../../src/web/board/run-history.ts';

const HOUR_MS = 3_600_000;
const NOW = Date.parse('2026-01-15T12:30:00Z');
const at = (text: string) => Date.parse(`2026-01-15T${text}:00Z`);

interface Run {
  readonly time: string;
  readonly outcome?: string;
  readonly queue?: string;
  readonly durationMs?: number;
  readonly waitedMs?: number;
}

function row(
  { time, outcome = 'published', queue = 'statistics', durationMs = 1_000, waitedMs = 500 }: Run,
  id: number,
) {
  const finishedAt = at(time);
  const iso = (ms: number) => new Date(ms).toISOString();
  return {
    run_id: `run-${id}`,
    queue,
    outcome,
    finished_at: iso(finishedAt),
    started_at: iso(finishedAt - durationMs),
    queued_at: iso(finishedAt - durationMs - waitedMs),
    duration_ms: durationMs,
  };
}

async function setup(...runs: readonly Run[]) {
  const sink = new MemoryRecordSink();
  await sink.append({ id: 'a', table: 'export_runs_v1', rows: runs.map(row) }, new AbortController().signal);
  const clock = new VirtualClock(NOW);
  const memory = new MemoryMonitoringReader(sink);
  const reads = { count: 0, failure: undefined as Error | undefined };
  const reader: MonitoringReader = {
    async rows(request, signal) {
      reads.count += 1;
      if (reads.failure !== undefined) throw reads.failure;
      return memory.rows(request, signal);
    },
  };
  const runReader = new RunReader(reader, clock);
  return { clock, reads, runReader, ended: () => runReader.read(), history: runHistory(runReader) };
}

const RANGE = { from: at('09:10'), to: at('12:30'), granularity: 'hour' } as const;

describe('the history of a queue', () => {
  it('counts completed and failed runs by the hour, hours without any included', async () => {
    const { ended } = await setup(
      { time: '09:30' },
      { time: '09:40', outcome: 'unchanged' },
      { time: '11:00', outcome: 'failed' },
      { time: '11:10', outcome: 'retrying' },
      { time: '11:20', queue: 'errors' },
      { time: '12:10' },
    );
    const runs = await ended();

    const of = (metric: 'completed' | 'failed', queue?: string) =>
      countPoints(runs, { ...RANGE, metric, ...(queue === undefined ? {} : { queue }) }).map(({ value }) => value);

    expect(countPoints(runs, { ...RANGE, metric: 'completed' }).map(({ ts }) => ts)).toEqual(
      ['09:00', '10:00', '11:00', '12:00'].map(at),
    );
    expect(of('completed')).toEqual([2, 0, 1, 1]);
    expect(of('completed', 'statistics')).toEqual([2, 0, 0, 1]);
    expect(of('failed')).toEqual([0, 0, 1, 0]);
    expect(countPoints(runs, { ...RANGE, metric: 'queueage' })).toEqual([]);
  });

  it('has percentiles of how long runs took and waited', async () => {
    const { ended } = await setup(
      ...[100, 200, 300, 400].map((durationMs) => ({ time: '11:00', durationMs, waitedMs: durationMs * 2 })),
      { time: '12:00', durationMs: 5_000 },
    );
    const runs = await ended();

    const runtime = latencyPoints(runs, { ...RANGE, metric: 'runtime', percentiles: [50, 95, 0] });
    const wait = latencyPoints(runs, { ...RANGE, granularity: 'range', metric: 'waittime', percentiles: [50] });

    expect(runtime).toEqual([
      { ts: at('11:00'), count: 4, values: { 50: 200, 95: 400, 0: 100 } },
      { ts: at('12:00'), count: 1, values: { 50: 5_000, 95: 5_000, 0: 5_000 } },
    ]);
    expect(wait).toEqual([{ ts: RANGE.from, count: 5, values: { 50: 500 } }]);
  });

  it('stays small, whatever range and percentiles are asked for', async () => {
    const { ended } = await setup({ time: '12:00' });
    const runs = await ended();
    const ever = { from: 0, to: Number.MAX_SAFE_INTEGER };

    const counts = countPoints(runs, { ...ever, metric: 'completed', granularity: 'hour' });
    const [point] = latencyPoints(runs, {
      ...ever,
      metric: 'runtime',
      granularity: 'day',
      percentiles: Array.from({ length: 5_000 }, (_, index) => index / 50),
    });

    expect(counts.length).toBeLessThanOrEqual(31 * 24 + 1);
    expect(counts.at(-1)).toEqual({ ts: at('12:00'), value: 1 });
    expect(Object.keys(point?.values ?? {})).toHaveLength(10);
  });

  it('has no numbers for hours of which not all runs are known', () => {
    const runs = [{ queue: 'statistics', outcome: 'published', finishedAt: at('10:20'), durationMs: 1 }];

    const points = countPoints({ since: at('09:20') + 1, runs }, { ...RANGE, metric: 'completed' });

    expect(points).toEqual([{ ts: at('10:00'), value: 1 }]);
  });
});

describe('the runs behind the charts', () => {
  it('are read once for all charts, and again after five minutes', async () => {
    const { history, clock, reads } = await setup({ time: '12:00' });
    const ask = () => history.getHistory({ ...RANGE, metric: 'completed' });

    await Promise.all(Array.from({ length: 20 }, ask));
    const once = reads.count;
    await clock.advance(5 * 60_000);
    await ask();

    expect([once, reads.count]).toEqual([1, 2]);
  });

  it('are asked for again only after half a minute when the warehouse cannot be read', async () => {
    const { history, clock, reads } = await setup({ time: '12:00' });
    reads.failure = new Error('the warehouse is away');
    const ask = () => history.getHistory({ ...RANGE, metric: 'completed' }).catch(() => 'failed');
    const failed = [await ask(), await ask()];
    reads.failure = undefined;
    await clock.advance(HOUR_MS / 120);

    const back = await ask();

    expect([failed, reads.count]).toEqual([['failed', 'failed'], 2]);
    expect(back).not.toBe('failed');
  });
});
