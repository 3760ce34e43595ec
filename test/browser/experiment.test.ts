/** The page of an experiment in a real browser: what people see when results are there, failed, or not due yet. */
import { expect, it } from 'vitest';
import { METADATA } from '../../src/domain/object-metadata.ts';
import { experimentPages } from '../support/experiment-pages.ts';
import { SLUG } from '../support/experiment-world.ts';
import { EXPERIMENT } from '../support/trace-world.ts';
import { describeInBrowser, overhang, seriousFindings, serve } from './support/browser-pages.ts';

const PATH = `/experiments/${SLUG}`;

/** The table has rows of one metric and none of the client counts, so one of two results is shown. */
async function shown() {
  const pages = await experimentPages();
  pages.addTable();
  await pages.publish({ [METADATA.rejected]: '2' });
  await pages.addRun();
  await pages.addError({ message: '<script>alert(1)</script>' });
  return `${await serve(pages.app)}${PATH}`;
}

/** The table is there, but its export failed. */
async function failed() {
  const pages = await experimentPages();
  pages.addTable();
  await pages.addRun({
    outcome: 'failed',
    error_code: 'ROWS_REFUSED',
    error_message: `${SLUG} weekly not published: 77 of 388 rows are refused.`,
  });
  return `${await serve(pages.app)}${PATH}`;
}

describeInBrowser('the page of an experiment', (browser) => {
  it.each(['light', 'dark'] as const)('shows what became of its results: %s', async (scheme) => {
    const { page, problems } = await browser().open(await shown(), { scheme });

    expect(await page.locator('h1').textContent()).toBe(SLUG);
    expect(await page.locator('.strip li').allInnerTexts()).toEqual([
      expect.stringMatching(/configured 2$/),
      expect.stringMatching(/due 2$/),
      expect.stringMatching(/computed 1 1 lost$/),
      expect.stringMatching(/published 1$/),
      expect.stringMatching(/shown 1$/),
    ]);
    expect(await page.locator('#files tbody').first().locator('tr').count()).toBe(2);
    expect(await page.locator('#errors').innerText()).toContain('<script>alert(1)</script>');
    expect(await seriousFindings(page)).toEqual([]);
    expect(problems).toEqual([]);
  });

  it('says which file failed, and why its results are not shown', async () => {
    const { page, problems } = await browser().open(await failed());

    const why = 'weekly not published: 77 of 388 rows are refused.';
    expect(await page.locator('.notes').innerText()).toContain(why);
    expect(await page.locator('#trace').innerText()).toContain(
      'Nothing is published for weekly. The newest export failed',
    );
    expect(await page.locator('#trace a', { hasText: 'Runs' }).getAttribute('href')).toBe(`/runs?q=${SLUG}`);
    expect(await seriousFindings(page)).toEqual([]);
    expect(problems).toEqual([]);
  });

  it('says when the first results are due', async () => {
    const experiment = {
      ...EXPERIMENT,
      branches: [...EXPERIMENT.branches],
      segments: [],
      startDate: '2026-01-15',
      enrollmentEndDate: '2026-01-21',
    };
    const { app } = await experimentPages({ experiment, analysisStart: null });

    const { page, problems } = await browser().open(`${await serve(app)}${PATH}`);

    expect(await page.locator('.lead').textContent()).toBe(
      'Enrolling since 15 Jan 2026. First weekly results are due on 29 Jan 2026.',
    );
    expect(problems).toEqual([]);
  });

  it('fits a narrow phone, and can be read without JavaScript', async () => {
    const { page } = await browser().open(await shown(), { width: 320, height: 640, javaScript: false });

    expect(await overhang(page)).toBeLessThanOrEqual(0);
    expect(await page.locator('.strip').innerText()).toContain('shown 1');
  });

  it('is found by the search field, and exports again after a question', async () => {
    const { page } = await browser().open((await shown()).replace(PATH, '/experiments'));

    await page.getByLabel('Slug').fill(SLUG);
    await page.getByRole('button', { name: 'Show' }).click();
    await page.waitForURL(`**${PATH}`);
    await page.getByRole('link', { name: 'Export all files again' }).click();
    await page.getByLabel('Reason').fill('to see it');
    await page.getByRole('button', { name: /^Export/ }).click();
    await page.waitForURL(/\?exported=/);

    expect(await page.getByRole('status').first().innerText()).toMatch(/queued as backfill/);
  });
});
