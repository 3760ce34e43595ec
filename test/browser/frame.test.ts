/** What all pages have in common, in a real browser. */
import { expect, it } from 'vitest';
import { pagesApp } from '../support/pages.ts';
import { describeInBrowser, overhang, seriousFindings, serve } from './support/browser-pages.ts';

describeInBrowser('the frame of the pages', (browser) => {
  it.each(['light', 'dark'] as const)('has no error, no request elsewhere, no serious finding: %s', async (scheme) => {
    const { app } = await pagesApp();

    const { page, problems } = await browser().open(`${await serve(app)}/objects/`, { scheme });

    expect(await page.title()).toBe('0 objects are published · Contrail');
    expect(await page.locator('nav a').allTextContents()).toEqual(['Queues']);
    expect(await seriousFindings(page)).toEqual([]);
    expect(problems).toEqual([]);
  });

  it('fits a narrow phone', async () => {
    const { app } = await pagesApp();

    const { page } = await browser().open(`${await serve(app)}/objects/`, { width: 320, height: 640 });

    expect(await overhang(page)).toBeLessThanOrEqual(0);
  });

  it('can be read without JavaScript', async () => {
    const { app } = await pagesApp();

    const { page, problems } = await browser().open(`${await serve(app)}/objects/`, { javaScript: false });

    expect(await page.locator('h1').textContent()).toBe('0 objects are published');
    expect(problems).toEqual([]);
  });
});
