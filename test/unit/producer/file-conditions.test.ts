import { describe, expect, it } from 'vitest';
import { MemoryJobQueue } from '../../../src/adapters/memory/job-queue.ts';
import { MemoryMonitoringReader } from '../../../src/adapters/memory/monitoring-reader.ts';
import { ContrailError } from '../../../src/domain/errors.ts';
import { METADATA } from '../../../src/domain/object-metadata.ts';
import { STATISTICS_JOB, statisticsJobId } from '../../../src/jobs/statistics-job.ts';
import type { JobQueue } from '../../../src/ports/job-queue.ts';
import { fileConditions } from '../../../src/producer/file-conditions.ts';
import { statisticsFiles } from '../../../src/producer/statistics-files.ts';
import { CHANGED_AT, makePlanWorld, VERSION } from '../../support/plan-world.ts';

const TABLE = 'statistics_my_slug_weekly';
const HOUR = 3_600_000;

function setup() {
  const world = makePlanWorld();
  world.api.replace([{ slug: 'my-slug' }]);
  world.tables([TABLE]);
  const reader = new MemoryMonitoringReader(world.sink);
  return {
    ...world,
    conditions: async (hoursLater: number, queue_: JobQueue = world.queue) => {
      const plan = statisticsFiles(await world.plan());
      const now = CHANGED_AT + hoursLater * HOUR;
      return fileConditions({ plan, queue: queue_, reader, now, lagMs: 6 * HOUR, signal: world.never });
    },
    scan: async () => world.enqueue((await world.plan()).due),
    /** How a run of the file's job ended, as the monitoring table keeps it. */
    ran: async (outcome: string, minute: number) => {
      const [due] = (await world.plan()).due;
      const row = {
        run_id: `run-${minute}`,
        queue: STATISTICS_JOB.queue,
        job_id: due === undefined ? '' : statisticsJobId(due),
        finished_at: `2026-01-15T01:${String(minute).padStart(2, '0')}:00Z`,
        attempt: minute,
        outcome,
        error_code: outcome === 'failed' ? 'ROWS_REFUSED' : null,
        error_message: outcome === 'failed' ? 'Too many.' : null,
      };
      await world.sink.append({ id: row.run_id, table: 'export_runs_v1', rows: [row] }, world.never);
    },
    emptyQueue: new MemoryJobQueue({ clock: world.clock }),
  };
}

describe('the condition of a file', () => {
  it('is gone or rebuilding during a rerun, and has its file', async () => {
    const { conditions, source, tables, publish, time } = setup();
    time.now = CHANGED_AT;
    source.remove(TABLE);
    source.setView(TABLE, CHANGED_AT);
    const without = await conditions(80);
    await publish('[]', { [METADATA.windows]: '1-3' });
    const gone = await conditions(80);
    tables(['statistics_my_slug_week_1']);
    const rebuilding = await conditions(80);

    expect([...without, ...gone, ...rebuilding].map(({ state, hasFile, lateMs }) => [state, hasFile, lateMs])).toEqual([
      ['gone', false, null],
      ['gone', true, null],
      ['rebuilding', true, null],
    ]);
  });

  it('is not due or fresh within the lag, never or stale after it, with how late it is', async () => {
    const { conditions, file } = setup();

    const first = await conditions(5);
    const never = await conditions(8);
    await file(TABLE, '2026-01-14T00:00:00.000Z');
    const changed = await conditions(5);
    const stale = await conditions(8);

    const states = [first, never, changed, stale].flat().map(({ state, lateMs }) => [state, lateMs]);
    expect(states).toEqual([
      ['not due', -HOUR],
      ['never', 2 * HOUR],
      ['fresh', -HOUR],
      ['stale', 2 * HOUR],
    ]);
  });

  it('is fresh where the file is of the newest version', async () => {
    const { conditions, file } = setup();
    await file(TABLE, VERSION);

    expect(await conditions(100)).toMatchObject([{ state: 'fresh', failure: null, period: 'weekly' }]);
  });

  it('is failed where the newest job failed for good, with its code and attempts', async () => {
    const { conditions, scan, queue } = setup();
    await scan();
    await queue.run(STATISTICS_JOB.queue, () => Promise.reject(new ContrailError('ROWS_REFUSED', 'Too many.')));

    expect(await conditions(1)).toMatchObject([{ state: 'failed', failure: { code: 'ROWS_REFUSED', attempts: 1 } }]);
  });

  it('stays failed when the queue has forgotten the job, until a later run of it has succeeded', async () => {
    const { conditions, ran, emptyQueue } = setup();
    await ran('retrying', 1);
    await ran('failed', 2);

    const forgotten = await conditions(1, emptyQueue);
    await ran('published', 3);
    const mended = await conditions(1, emptyQueue);

    expect(forgotten).toMatchObject([
      { state: 'failed', failure: { code: 'ROWS_REFUSED', attempts: 2 }, hasFile: false },
    ]);
    expect(mended).toMatchObject([{ state: 'not due', failure: null }]);
  });

  it('stays failed while it is tried again after the queue was lost', async () => {
    const { conditions, ran, scan } = setup();
    await ran('failed', 2);

    await scan();

    expect(await conditions(1)).toMatchObject([{ state: 'failed', failure: { code: 'ROWS_REFUSED' } }]);
  });

  it('is not failed for the failure of an older version of its source', async () => {
    const { conditions, ran, tables, emptyQueue } = setup();
    await ran('failed', 2);

    tables([TABLE], CHANGED_AT + HOUR);

    expect(await conditions(2, emptyQueue)).toMatchObject([{ state: 'not due', failure: null }]);
  });
});
