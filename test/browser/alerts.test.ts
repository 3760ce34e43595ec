/** `/alerts` in a real browser, with the alerts of the demo's enrollments. */
import { expect, it } from 'vitest';
import { MemoryAlertIndex } from '../../src/adapters/memory/alert-index.ts';
import { VirtualClock } from '../../src/adapters/memory/virtual-clock.ts';
import { alertsSource } from '../../src/app/web/alerts-source.ts';
import { addAlertsApi } from '../../src/web/pages/alerts/api.ts';
import { addAlertRoutes } from '../../src/web/pages/alerts/routes.ts';
import { MemoryRecordSink } from '../../src/adapters/memory/record-sink.ts';
import { MemoryMonitoringReader } from '../../src/adapters/memory/monitoring-reader.ts';
import { checkAlerts } from '../../src/workers/monitoring/check-alerts.ts';
import { ENROLLMENT_RULES } from '../../src/alerts/rules.ts';
import { alertHistory } from '../../src/workers/monitoring/alert-history.ts';
import { PAGES_NOW, pagesApp } from '../support/pages.ts';
import { recordedLog } from '../support/recorded-log.ts';
import { sampleCounts, sampleInputs } from '../support/sample-enrollments.ts';
import { describeInBrowser, keepPicture, overhang, seriousFindings, serve } from './support/browser-pages.ts';

const SPIKE = 'firefox-android-multifeature-test';

/** The pages after one check of the demo's enrollments. */
async function setup() {
  const clock = new VirtualClock(PAGES_NOW);
  const index = new MemoryAlertIndex();
  const sink = new MemoryRecordSink();
  const reader = new MemoryMonitoringReader(sink);
  const log = recordedLog();
  await checkAlerts(
    {
      rules: ENROLLMENT_RULES,
      limits: {},
      inputs: async () => sampleInputs(PAGES_NOW),
      history: alertHistory(reader),
      index,
      sink,
      silences: [],
      notifiers: [{ name: 'slack', send: async () => undefined }],
      clock,
      log,
    },
    ['browser'],
    new AbortController().signal,
  );
  const source = alertsSource({ index, reader, clock, log });
  const { app } = await pagesApp({
    pages: [(scope) => addAlertRoutes(scope, source), (scope) => addAlertsApi(scope, source)],
  });
  return { url: await serve(app) };
}

/** What rule M1 says of the experiment, computed from the sample. */
function spikeFormula(): string {
  const { total_enrollments: enrolled, total_unenrollments: unenrolled } = sampleCounts(SPIKE);
  const percent = Math.round((unenrolled / enrolled) * 1000) / 10;
  return `${unenrolled.toLocaleString('en-US')} / ${enrolled.toLocaleString('en-US')} = ${percent}% > 10%`;
}

describeInBrowser('the page of alerts', (browser) => {
  it.each(['light', 'dark'] as const)('shows the numbers of the demo without an error: %s', async (scheme) => {
    const { url } = await setup();

    const { page, problems } = await browser().open(`${url}/alerts`, { scheme });

    const row = page.getByRole('row', { name: new RegExp(SPIKE) }).filter({ hasText: 'M1 ' });
    expect(await row.textContent()).toContain(spikeFormula());
    expect(await row.textContent()).toMatch(/slack\s*just now/);
    expect(await page.locator('h1').textContent()).toMatch(/^\d+ alerts open$/);
    expect(await seriousFindings(page)).toEqual([]);
    expect(problems).toEqual([]);
    await keepPicture(page, `alerts-${scheme}`);
  });

  it('silences an alert with a reason, and the list folds it', async () => {
    const { url } = await setup();
    const { page, problems } = await browser().open(`${url}/alerts?rule=M1`);
    const before = await page.locator('h1').textContent();

    await page.getByRole('link', { name: new RegExp(SPIKE) }).click();
    await page.getByLabel(/Rule M1 for/).check();
    await page.getByLabel('in 7 days').check();
    await page.getByLabel(/^Reason/).fill('a known <b>bug</b>');
    await page.getByRole('button', { name: 'Silence', exact: true }).click();
    await page.getByRole('button', { name: 'End the silence now' }).waitFor();
    const findings = await seriousFindings(page);
    await page.goto(`${url}/alerts?rule=M1`);
    await page.getByText('Show 1 silenced alert').click();

    expect(before).toBe('1 alert open');
    expect(await page.locator('h1').textContent()).toBe('Nothing open, 1 silenced');
    expect(await page.getByText('a known <b>bug</b>').isVisible()).toBe(true);
    expect(findings).toEqual([]);
    expect(problems).toEqual([]);
  });

  it('fits a narrow phone', async () => {
    const { url } = await setup();
    const { page } = await browser().open(`${url}/alerts`, { width: 320, height: 640 });
    const list = await overhang(page);
    await page
      .getByRole('link', { name: new RegExp(SPIKE) })
      .first()
      .click();
    await page.getByRole('heading', { name: 'Silence' }).waitFor();

    expect([list, await overhang(page)].map((pixels) => pixels <= 0)).toEqual([true, true]);
  });
});
