import { describe, expect, it } from 'vitest';
import { ContrailError } from '../../../src/domain/errors.ts';
import { STATISTICS_JOB } from '../../../src/jobs/statistics-job.ts';
import { fileConditions } from '../../../src/producer/file-conditions.ts';
import { statisticsFiles } from '../../../src/producer/statistics-files.ts';
import { CHANGED_AT, makePlanWorld, VERSION } from '../../support/plan-world.ts';

const TABLE = 'statistics_my_slug_weekly';
const HOUR = 3_600_000;

function setup() {
  const world = makePlanWorld();
  world.api.replace([{ slug: 'my-slug' }]);
  world.tables([TABLE]);
  return {
    ...world,
    conditions: async (hoursLater: number) => {
      const plan = statisticsFiles(await world.plan());
      const now = CHANGED_AT + hoursLater * HOUR;
      return fileConditions({ plan, queue: world.queue, now, lagMs: 6 * HOUR, signal: world.never });
    },
    scan: async () => world.enqueue((await world.plan()).due),
  };
}

describe('the condition of a file', () => {
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
});
