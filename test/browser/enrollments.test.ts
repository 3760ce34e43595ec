/** `/enrollments` in a real browser, with the sample of the demo. */
import { expect, it } from 'vitest';
import { addEnrollmentRoutes } from '../../src/web/pages/enrollments/routes.ts';
import { PAGES_NOW, pagesApp } from '../support/pages.ts';
import { sampleCounts, sampleEnrollments } from '../support/sample-enrollments.ts';
import { describeInBrowser, keepPicture, marksOf, overhang, seriousFindings, serve } from './support/browser-pages.ts';

const SPIKE = 'firefox-android-multifeature-test';
const DAYS = 14;

/** Two weeks of files, each with a fourteenth more. */
async function setup() {
  const days = Array.from({ length: DAYS + 1 }, (_, ago) => DAYS - ago);
  const history = Object.fromEntries(
    days.map((ago) => [new Date(PAGES_NOW - ago * 86_400_000).toISOString().slice(0, 10), 1 - ago / (2 * DAYS)]),
  );
  const { source } = await sampleEnrollments({ now: PAGES_NOW, history });
  const { app } = await pagesApp({ pages: [(scope) => addEnrollmentRoutes(scope, source)] });
  return serve(app);
}

describeInBrowser('the pages of enrollments', (browser) => {
  it.each(['light', 'dark'] as const)('show the numbers of the demo without an error: %s', async (scheme) => {
    const { page, problems } = await browser().open(`${await setup()}/enrollments`, { scheme });
    const { total_enrollments: enrolled, total_unenrollments: unenrolled } = sampleCounts(SPIKE);

    const row = page.getByRole('row', { name: new RegExp(SPIKE) });
    expect(await row.textContent()).toContain(enrolled.toLocaleString('en-US'));
    expect(await row.textContent()).toContain(`${Math.round((unenrolled / enrolled) * 100)}%`);
    const list = await seriousFindings(page);
    await keepPicture(page, `enrollments-${scheme}`);
    await page.getByRole('link', { name: SPIKE }).click();
    await page.getByRole('heading', { name: 'Ratio test' }).waitFor();

    expect(await marksOf(page, /^Enrollments and unenrollments of/, 'bar')).toBe(2 * DAYS);
    expect([list, await seriousFindings(page), problems]).toEqual([[], [], []]);
    await keepPicture(page, `enrollment-${scheme}`);
  });

  it('filter by a failing rule at once', async () => {
    const { page, problems } = await browser().open(`${await setup()}/enrollments`);

    await page.getByLabel('Failing rule').selectOption('M4');
    await page.waitForURL(/rule=M4/);

    expect(await page.getByRole('row').count()).toBe(2);
    expect(problems).toEqual([]);
  });

  it('fit a narrow phone', async () => {
    const url = await setup();
    const { page } = await browser().open(`${url}/enrollments`, { width: 320, height: 640 });
    const list = await overhang(page);
    await page.goto(`${url}/enrollments/${SPIKE}`);

    expect([list, await overhang(page)].map((pixels) => pixels <= 0)).toEqual([true, true]);
  });
});
