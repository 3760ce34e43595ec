/** `/errors` with the sample's logs, in a real browser. */
import { expect, it } from 'vitest';
import { MemoryLogSearch } from '../../src/adapters/memory/log-search.ts';
import { MemoryRecordSink } from '../../src/adapters/memory/record-sink.ts';
import { VirtualClock } from '../../src/adapters/memory/virtual-clock.ts';
import { errorsSource } from '../../src/app/web/errors-source.ts';
import { sampleLogs } from '../../src/cli/demo/sample.ts';
import type { RecordRow } from '../../src/ports/record-sink.ts';
import { addErrorPages } from '../../src/web/pages/errors/errors-routes.ts';
import { PAGES_NOW, pagesApp } from '../support/pages.ts';
import { recordedLog } from '../support/recorded-log.ts';
import { describeInBrowser, keepPicture, marksOf, overhang, seriousFindings, serve } from './support/browser-pages.ts';

const HOSTILE = `"><img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`;
const DAY_MS = 86_400_000;
/** As the dashboard has them (monitoring.md section 6). */
const EXPECTED = [
  'EndedException',
  'NoEnrollmentPeriodException',
  'HighPopulationException',
  'EnrollmentLongerThanAnalysisException',
  'ExplicitSkipException',
  'NoStartDateException',
];

const textOf = (row: RecordRow, column: string): string => {
  const value = row[column];
  return typeof value === 'string' ? value : '';
};
const timeOf = (row: RecordRow): number => Date.parse(textOf(row, 'timestamp'));
const isExpected = (row: RecordRow): boolean => EXPECTED.includes(textOf(row, 'exception_type'));
const isCritical = (row: RecordRow): boolean =>
  row['log_level'] === 'ERROR' &&
  !isExpected(row) &&
  !textOf(row, 'message').includes('Error while computing statistic');
const isWarning = (row: RecordRow): boolean =>
  ['ERROR', 'WARNING'].includes(textOf(row, 'log_level')) && (isExpected(row) || textOf(row, 'exception_type') === '');

/** The end of the minute, to which the page looks. */
const END = PAGES_NOW + 60_000;
const SAMPLE = sampleLogs(PAGES_NOW);
const within = (days: number): RecordRow[] =>
  SAMPLE.filter((row) => timeOf(row) >= END - days * DAY_MS && timeOf(row) < END);

async function setup(rows: readonly RecordRow[] = SAMPLE) {
  const sink = new MemoryRecordSink();
  await sink.append({ id: 'rows', table: 'logs', rows: [...rows] }, new AbortController().signal);
  const search = new MemoryLogSearch(sink);
  const source = errorsSource(async () => search, { clock: new VirtualClock(PAGES_NOW), log: recordedLog() });
  const { app } = await pagesApp({ pages: [(fastify) => addErrorPages(fastify, source)] });
  return serve(app);
}

describeInBrowser('the page of errors', (browser) => {
  it.each(['light', 'dark'] as const)('has the numbers of the sample, and no serious finding: %s', async (scheme) => {
    const { page, problems } = await browser().open(`${await setup()}/errors`, { scheme, height: 700 });

    const recent = within(3);
    const headline = await page.locator('h1').textContent();
    expect(headline).toContain(`${recent.filter(isCritical).length} critical errors in the last 3 days`);
    expect(headline).toContain(`${recent.filter(isWarning).length} warnings`);
    const shown = within(14);
    expect(await page.locator('.sub').textContent()).toContain(
      `${shown.length} rows, ${shown.filter(isCritical).length} critical ones, ${shown.filter(isWarning).length} warnings`,
    );
    expect(await seriousFindings(page)).toEqual([]);
    expect(problems).toEqual([]);
    await keepPicture(page, `errors-${scheme}`);
  });

  it('draws as many bars as its table has days and plotted categories with rows', async () => {
    const { page } = await browser().open(`${await setup()}/errors?category=resources`);

    await page.locator('details summary').first().click();
    const cells = await page.locator('#days tbody td:nth-child(2)').allTextContents();

    expect(await marksOf(page, /Rows per day/, 'bar')).toBe(cells.filter((cell) => cell !== '0').length);
  });

  it('narrows down by experiment and words, and unfolds an exception', async () => {
    const { page, problems } = await browser().open(`${await setup()}/errors`);
    const experiment = 'search-result-de-duplication';
    const wanted = within(14).filter(
      (row) => row['experiment'] === experiment && textOf(row, 'message').toLowerCase().includes('unrecognized'),
    );

    await page.getByLabel('Experiment').fill(experiment);
    await page.getByLabel('Find words').fill('UNRECOGNIZED');
    await page.getByRole('button', { name: 'Show' }).click();
    await page.waitForURL(/q=UNRECOGNIZED/);

    expect(wanted.length).toBeGreaterThan(0);
    expect(await page.locator('#newest tbody tr').count()).toBe(Math.min(25, wanted.length));
    await page.locator('#newest summary').first().click();
    expect(await page.locator('#newest pre').first().isVisible()).toBe(true);
    expect(problems).toEqual([]);
  });

  it('leads from a kind to its rows, and from a row to all its columns', async () => {
    const { page, problems } = await browser().open(`${await setup()}/errors`);

    const count = await page.locator('#kinds tbody td.number').first().textContent();
    await page.locator('#kinds tbody th a').first().click();
    await page.waitForURL(/group=/);
    expect(await page.locator('#newest tbody tr').count()).toBe(Math.min(25, Number(count)));
    await page.locator('#newest a[href^="/errors/"]').first().click();
    await page.waitForURL(/\/errors\/\d+-/);

    expect(await page.getByRole('rowheader', { name: 'exception_type' }).count()).toBe(1);
    expect(await seriousFindings(page)).toEqual([]);
    expect(problems).toEqual([]);
  });

  it('fits a narrow phone', async () => {
    const { page } = await browser().open(`${await setup()}/errors`, { width: 320, height: 640 });

    expect(await overhang(page)).toBeLessThanOrEqual(0);
  });

  it('can be read without JavaScript', async () => {
    const { page, problems } = await browser().open(`${await setup()}/errors?level=CRITICAL`, { javaScript: false });

    expect(await page.locator('h1').textContent()).toBe('No errors in 14 days');
    expect(problems).toEqual([]);
  });

  it('shows hostile texts as text', async () => {
    const columns = ['message', 'exception', 'exception_type', 'metric', 'experiment'];
    const [first = {}] = SAMPLE;
    const hostile = {
      ...first,
      timestamp: '2026-01-15T01:00:00Z',
      ...Object.fromEntries(columns.map((name) => [name, HOSTILE])),
    };
    const url = await setup([hostile]);

    const { page, problems } = await browser().open(`${url}/errors?q=${encodeURIComponent('<script>')}`);

    expect(await page.title()).toBe('Errors · Contrail');
    expect(await page.locator('main img, main script').count()).toBe(0);
    expect(await page.locator('#newest tbody tr').count()).toBe(1);
    expect(problems).toEqual([]);
  });
});
