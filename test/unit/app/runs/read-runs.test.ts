import { describe, expect, it } from 'vitest';
import { MemoryMonitoringReader } from '../../../../src/adapters/memory/monitoring-reader.ts';
import { MemoryRecordSink } from '../../../../src/adapters/memory/record-sink.ts';
import { MemoryRecordStage } from '../../../../src/adapters/memory/record-stage.ts';
import { seededRandom } from '../../../../src/adapters/memory/seeded-random.ts';
import { VirtualClock } from '../../../../src/adapters/memory/virtual-clock.ts';
import { readRuns } from '../../../../src/app/runs/read-runs.ts';
import { newestRuns, selectRuns } from '../../../../src/app/runs/select-runs.ts';
import { EXPORT_RUNS_TABLE } from '../../../../src/domain/monitoring-tables.ts';
import type { RecordRow } from '../../../../src/ports/record-sink.ts';

const NOW = Date.parse('2026-01-15T12:00:00Z');
const HOUR_MS = 3_600_000;
const never = new AbortController().signal;

function rowOf(changes: RecordRow = {}): RecordRow {
  return {
    run_id: 'my_slug.weekly.1.1',
    finished_at: '2026-01-15T11:00:00.000Z',
    queue: 'statistics',
    job_id: 'my_slug.weekly.1',
    attempt: 1,
    product: 'statistics',
    experiment: 'my-slug',
    period: 'weekly',
    outcome: 'failed',
    error_code: 'ROWS_REFUSED',
    error_message: 'Too many rows.',
    ...changes,
  };
}

async function setup({ written = [], waiting = [] }: { written?: RecordRow[]; waiting?: RecordRow[] }) {
  const sink = new MemoryRecordSink();
  const clock = new VirtualClock(NOW);
  const stage = new MemoryRecordStage({ clock, random: seededRandom(1), windowMs: 60_000 });
  if (written.length > 0) await sink.append({ id: 'written', table: EXPORT_RUNS_TABLE, rows: written }, never);
  if (waiting.length > 0) await stage.stage({ id: 'waiting', table: EXPORT_RUNS_TABLE, rows: waiting });
  await stage.stage({ id: 'logs', table: 'logs', rows: [{ message: 'of another table' }] });
  return { reader: new MemoryMonitoringReader(sink), stage };
}

const readSince = async (sources: Awaited<ReturnType<typeof setup>>, hours: number) =>
  (await readRuns(sources, NOW - hours * HOUR_MS, never)).runs;

describe('readRuns', () => {
  it('gives written and waiting runs, newest first, each once', async () => {
    const both = rowOf();
    const sources = await setup({
      written: [rowOf({ finished_at: '2026-01-15T10:30:00.000Z', attempt: 3 }), both],
      waiting: [both, rowOf({ finished_at: '2026-01-15T11:59:00.000Z', attempt: 2 })],
    });

    const runs = await readSince(sources, 2);

    expect(runs.map(({ attempt }) => attempt)).toEqual([2, 1, 3]);
    expect(runs[1]).toMatchObject({ experiment: 'my-slug', code: 'ROWS_REFUSED', finishedAt: NOW - HOUR_MS });
  });

  it('leaves out runs that ended before, also waiting ones', async () => {
    const old = rowOf({ finished_at: '2026-01-15T08:00:00.000Z' });
    const sources = await setup({ written: [old], waiting: [{ ...old, attempt: 2 }, rowOf({ attempt: 4 })] });

    expect((await readSince(sources, 2)).map(({ attempt }) => attempt)).toEqual([4]);
  });

  it('leaves waiting windows open', async () => {
    const sources = await setup({ waiting: [rowOf()] });
    const before = await sources.stage.windows();

    await readSince(sources, 2);

    expect(await sources.stage.windows()).toEqual(before);
    expect((await sources.stage.waiting()).batches).toBe(2);
  });

  it('leaves out rows that are no runs', async () => {
    const sources = await setup({ waiting: [{ outcome: 'failed' }, rowOf({ finished_at: 'soon' }), rowOf()] });

    expect(await readSince(sources, 2)).toHaveLength(1);
  });

  it('reads what is written where there is no Redis', async () => {
    const { reader } = await setup({ written: [rowOf()], waiting: [rowOf({ attempt: 2 })] });

    expect((await readRuns({ reader }, NOW - 2 * HOUR_MS, never)).runs).toHaveLength(1);
  });
});

describe('selectRuns', () => {
  const runsOf = async (...rows: RecordRow[]) => readSince(await setup({ written: rows }), 24);

  it('selects by slug, as in the API or in table names, and by outcome', async () => {
    const runs = await runsOf(
      rowOf(),
      rowOf({ experiment: 'other', job_id: 'other.weekly.1' }),
      rowOf({ outcome: 'published' }),
    );
    const count = (experiments: string[], outcomes: string[]) => selectRuns(runs, { experiments, outcomes }).length;

    expect([count([], []), count(['my-slug'], []), count(['my_slug'], ['failed']), count([], ['cancelled'])]).toEqual([
      3, 2, 1, 0,
    ]);
  });

  it('suggests a slug that has runs', async () => {
    const runs = await runsOf(rowOf());

    expect(() => selectRuns(runs, { experiments: ['my-slog'], outcomes: [] })).toThrow(/no run of "my-slog"/);
  });
});

describe('newestRuns', () => {
  it('keeps the newest run of a file that decided something', async () => {
    const at = (minute: string) => ({ finished_at: `2026-01-15T11:${minute}:00.000Z` });
    const runs = await readSince(
      await setup({
        written: [
          rowOf({ ...at('01') }),
          rowOf({ ...at('02'), outcome: 'published', job_id: 'my_slug.weekly.2', source: 'a_view' }),
          rowOf({ ...at('03'), outcome: 'retrying', job_id: 'my_slug.weekly.3' }),
          rowOf({ ...at('04'), period: 'daily' }),
        ],
      }),
      2,
    );

    expect(newestRuns(runs).map(({ period, outcome }) => [period, outcome])).toEqual([
      ['daily', 'failed'],
      ['weekly', 'published'],
    ]);
  });
});
