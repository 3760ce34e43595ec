/** The page of the runs, in a real browser. */
import { expect, it } from 'vitest';
import { addRunsPages } from '../../src/web/pages/runs/runs-routes.ts';
import type { RunFacts } from '../../src/web/pages/runs/runs-source.ts';
import { PAGES_NOW, pagesApp } from '../support/pages.ts';
import { describeInBrowser, keepPicture, overhang, seriousFindings, serve } from './support/browser-pages.ts';

const RUN: RunFacts = {
  queue: 'statistics',
  jobId: 'search-result-de-duplication.weekly.1',
  attempt: 1,
  finishedAt: PAGES_NOW - 300_000,
  subject: 'search-result-de-duplication weekly',
  experiment: 'search-result-de-duplication',
  outcome: 'published',
  code: undefined,
  message: undefined,
  durationMs: 41_000,
  rows: 882,
  bytesWritten: 310_000,
  costUsd: 0.02,
  worker: 'worker-1',
  isLatest: true,
};
const RUNS: readonly RunFacts[] = [
  RUN,
  {
    ...RUN,
    subject: 'a daily',
    jobId: 'a.daily.1',
    outcome: 'failed',
    attempt: 3,
    code: 'ROWS_INVALID',
    message: 'column metric is missing in 42 of 294 rows (14%, limit 10%)',
  },
  { ...RUN, subject: 'old overall', jobId: 'old.overall.1', finishedAt: PAGES_NOW - 7_200_000 },
];

async function setup() {
  const source = { read: async () => ({ runs: RUNS, isCut: false, asOf: PAGES_NOW }) };
  const clock = { now: () => PAGES_NOW };
  const { app } = await pagesApp({
    pages: [(scope) => addRunsPages(scope, { source, clock, queues: ['statistics'] })],
  });
  return serve(app);
}

describeInBrowser('the page of the runs', (browser) => {
  it.each(['light', 'dark'] as const)('shows every run, without errors or serious findings: %s', async (scheme) => {
    const { page, problems } = await browser().open(`${await setup()}/runs`, { scheme });

    expect(await page.locator('h1').textContent()).toBe('1 failed run of 3 runs');
    expect(await page.locator('tbody tr').count()).toBe(RUNS.length);
    expect(await seriousFindings(page)).toEqual([]);
    expect(problems).toEqual([]);
    await keepPicture(page, `runs-${scheme}`);
  });

  it('applies a filter when it is chosen, and leads to the run', async () => {
    const { page, problems } = await browser().open(`${await setup()}/runs`);

    await Promise.all([page.waitForURL(/outcome=failed/), page.getByLabel('Outcome').selectOption('failed')]);
    expect(new URL(page.url()).search).toBe('?range=7d&outcome=failed');
    expect(await page.locator('tbody th').allTextContents()).toEqual([expect.stringContaining('a daily')]);
    await page.getByRole('link', { name: 'a daily' }).click();
    await page.getByText('column metric is missing in 42 of 294 rows').waitFor();
    expect(problems).toEqual([]);
  });

  it('fits a narrow phone', async () => {
    const { page } = await browser().open(`${await setup()}/runs`, { width: 320, height: 640 });

    expect(await overhang(page)).toBeLessThanOrEqual(0);
  });
});
