/** The emulator has no INFORMATION_SCHEMA of jobs: the jobs API stands in for it. */
import { expect, it, onTestFinished } from 'vitest';
import { BigQueryJobHistory } from '../../src/adapters/bigquery/job-history.ts';
import { dayOf } from '../../src/domain/utc-time.ts';
import { dropDataset, emulatorOptions, makeDataset, queryRows } from '../support/bigquery-tables.ts';
import { describeWithEmulators, startBigQueryEmulator } from '../support/emulators.ts';

describeWithEmulators('BigQuery job history', ['bigquery-emulator'], () => {
  it('tells of the jobs of a day through the jobs API where the view is lacking', async () => {
    const emulator = await startBigQueryEmulator();
    onTestFinished(() => emulator.stop());
    await makeDataset(emulator, 'mozanalysis');
    onTestFinished(() => dropDataset(emulator, 'mozanalysis'));
    await queryRows(emulator, 'SELECT 42 AS answer');
    const history = new BigQueryJobHistory(emulatorOptions(emulator));

    const jobs = await history.jobsOf(dayOf(Date.now()), 'mozanalysis', new AbortController().signal);

    expect(jobs.map((job) => job.query)).toContain('SELECT 42 AS answer');
  });
});
