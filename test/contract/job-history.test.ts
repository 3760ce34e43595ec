import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { DuckDbJobHistory } from '../../src/adapters/duckdb/job-history.ts';
import { loadJobs } from '../../src/adapters/duckdb/load-jobs.ts';
import { MemoryJobHistory } from '../../src/adapters/memory/job-history.ts';
import { temporaryDuckDb } from '../support/duckdb.ts';
import { describeJobHistory } from './job-history.ts';

describeJobHistory('duckdb', () => {
  const file = temporaryDuckDb();
  return Promise.resolve({
    history: new DuckDbJobHistory({ file }),
    put: async (jobs) => {
      const folder = mkdtempSync(join(tmpdir(), 'contrail-jobs-'));
      onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
      const path = join(folder, 'jobs.ndjson');
      writeFileSync(path, jobs.map((job) => `${JSON.stringify(job)}\n`).join(''));
      await loadJobs(file, path, 0);
    },
  });
});

describeJobHistory('memory', () => {
  const history = new MemoryJobHistory();
  return Promise.resolve({ history, put: async (jobs) => history.add(jobs) });
});

it('has no jobs where the file has no such table', async () => {
  const history = new DuckDbJobHistory({ file: temporaryDuckDb() });

  const jobs = await history.jobsOf('2026-01-14', 'mozanalysis', new AbortController().signal);

  expect(jobs).toEqual([]);
});
