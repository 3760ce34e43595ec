/** The pages in a real browser: what a person sees after a backfill, and where the links lead. */
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { runStatements } from '../../src/adapters/duckdb/load-statistics.ts';
import { findChromium, startChromium } from '../support/browser.ts';
import { runContrail, startContrail } from '../support/contrail.ts';
import { temporaryDuckDb, temporaryFolder } from '../support/duckdb.ts';
import { createLargeTable } from '../support/large-table.ts';

const program = findChromium();
const isCi = process.env['CI'] !== undefined;
if (program === undefined)
  console.warn('\nSKIPPED: browser tests need Chromium on the PATH (apt-get install chromium).\n');

describe.skipIf(program === undefined && !isCi)('the pages', async () => {
  if (program === undefined) throw new Error('Browser tests need Chromium: apt-get install chromium.');
  const browser = await startChromium(program);
  afterAll(() => browser.close());

  async function setup() {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'experiments.json'), '[]');
    const environment = {
      CONTRAIL_WAREHOUSE: `duckdb:${join(folder, 'warehouse.duckdb')}`,
      CONTRAIL_BUCKET: `file:${join(folder, 'bucket')}`,
      CONTRAIL_EXPERIMENTER: `file:${join(folder, 'experiments.json')}`,
      CONTRAIL_REDIS: inject('redisUrl'),
      CONTRAIL_QUEUE_PREFIX: `test-${randomUUID()}`,
    };
    const file = temporaryDuckDb({ path: join(folder, 'warehouse.duckdb') });
    await runStatements(file, createLargeTable('statistics_good_one_weekly', 200));
    await runStatements(file, createLargeTable('statistics_bad_one_daily', 200));
    await runStatements(file, ['UPDATE mozanalysis.statistics_bad_one_daily SET segment = NULL']);
    const contrail = (command: string) => runContrail(command.split(' '), { environment, cwd: folder });
    await contrail('backfill');
    await contrail('worker --drain');
    const web = startContrail(['web', '--port', '0'], { environment, cwd: folder });
    const [url = ''] = await web.says(/http:\/\/127\.0\.0\.1:\d+/);
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    return { url, page, problems };
  }

  it('lead from the start to the files and the queues', async () => {
    const { url, page, problems } = await setup();

    await page.goto(url);
    const links = await page
      .locator('a')
      .evaluateAll((anchors) => anchors.map((anchor) => anchor.getAttribute('href')));

    expect(links).toEqual(expect.arrayContaining(['/queues']));
    await page.goto(`${url}/objects/`);
    await page.getByText('statistics_good_one_weekly.json').first().click();
    await page.waitForLoadState();
    expect(page.url()).toContain('statistics_good_one_weekly.json');
    expect(problems).toEqual([]);
  });

  it('show a failed job on the board with its reason, and a finished one with its object', async () => {
    const { url, page, problems } = await setup();

    await page.goto(`${url}/queues/queue/statistics?status=failed`);
    await page.getByText('bad_one daily').first().waitFor();
    await page.goto(`${url}/queues/queue/statistics?status=completed`);
    await page.getByText('good_one weekly').first().waitFor();

    const object = page.locator('a[href*="/objects/statistics/"]').first();
    await object.waitFor();
    expect(await object.getAttribute('href')).toContain('/objects/statistics/statistics_good_one_weekly.json');
    expect(problems).toEqual([]);
  });
});
