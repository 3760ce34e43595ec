/** What every job history must do. */
import { describe, expect, it } from 'vitest';
import type { WarehouseJob } from '../../src/domain/query-cost.ts';
import type { JobHistory } from '../../src/ports/job-history.ts';

export interface JobHistoryWorld {
  readonly history: JobHistory;
  /** Puts the jobs where the history finds them, as the warehouse would. */
  readonly put: (jobs: readonly WarehouseJob[]) => Promise<void>;
}

const JOB: WarehouseJob = {
  creation_time: '2026-01-14T04:10:29.061116Z',
  start_time: '2026-01-14T04:10:31.484116Z',
  end_time: '2026-01-14T04:10:47.291358Z',
  destination_table: { dataset_id: 'mozanalysis', table_id: 'statistics_my_slug_week_1' },
  query: `SELECT 'it''s' AS "x"`,
  error_result: null,
  total_bytes_processed: 247_228_546_413,
  total_slot_ms: 3_305_317,
};

export function describeJobHistory(name: string, setup: () => Promise<JobHistoryWorld>): void {
  const never = new AbortController().signal;
  const read = ({ history }: JobHistoryWorld) => history.jobsOf('2026-01-14', 'mozanalysis', never);

  describe(`job history: ${name}`, () => {
    it('gives a job with all that was kept of it', async () => {
      const world = await setup();
      await world.put([JOB]);

      const jobs = await read(world);

      expect(jobs).toEqual([JOB]);
    });

    it('gives failed jobs, unfinished ones and load jobs', async () => {
      const world = await setup();
      const failed = { ...JOB, error_result: { reason: 'stopped', message: 'Job execution was cancelled' } };
      const load = { ...JOB, query: null, total_bytes_processed: null };
      const unfinished = { ...JOB, end_time: null };
      await world.put([failed, load, unfinished]);

      const jobs = await read(world);

      expect(jobs).toHaveLength(3);
      expect(jobs).toEqual(expect.arrayContaining([failed, load, unfinished]));
    });

    it('gives the jobs of a day in UTC, from its first microsecond to its last', async () => {
      const world = await setup();
      const times = ['13T23:59:59.999999', '14T00:00:00', '14T23:59:59.999999', '15T00:00:00'];
      await world.put(times.map((time) => ({ ...JOB, creation_time: `2026-01-${time}Z` })));

      const jobs = await read(world);

      const created = jobs.map((job) => job.creation_time);
      expect(created.toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
        '2026-01-14T00:00:00Z',
        '2026-01-14T23:59:59.999999Z',
      ]);
    });

    it('has no jobs of a day without any', async () => {
      const world = await setup();
      await world.put([]);

      expect(await read(world)).toEqual([]);
    });
  });
}
