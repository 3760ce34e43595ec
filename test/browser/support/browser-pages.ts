/** Opens our pages in Chromium, and notes what a reader should never see: errors, violations, requests to other hosts. */
import axe, { type AxeResults } from 'axe-core';
import type { FastifyInstance } from 'fastify';
import type { Browser, Page } from 'playwright-core';
import { afterAll, describe, onTestFinished } from 'vitest';
import { listen } from '../../../src/web/server.ts';
import { findChromium, startChromium } from '../../support/browser.ts';

export interface OpenedPage {
  readonly page: Page;
  /** Errors in the console, violations of the policy, requests to other hosts; none in a good page. */
  readonly problems: string[];
}

export interface BrowserPages {
  open(url: string, look?: Look): Promise<OpenedPage>;
}

export interface Look {
  readonly scheme?: 'light' | 'dark';
  readonly width?: number;
  readonly height?: number;
  readonly javaScript?: boolean;
}

const LOOK = { scheme: 'light', width: 1280, height: 900, javaScript: true } as const;

/** A suite that needs Chromium. Where there is none it is skipped, loudly; in CI that is an error. */
export function describeInBrowser(name: string, suite: (browser: () => BrowserPages) => void): void {
  const program = findChromium();
  const isCi = process.env['CI'] !== undefined;
  if (program === undefined)
    console.warn(`\nSKIPPED: ${name} needs Chromium on the PATH (apt-get install chromium).\n`);
  describe.skipIf(program === undefined && !isCi)(`in Chromium: ${name}`, async () => {
    if (program === undefined) throw new Error('Browser tests need Chromium: apt-get install chromium.');
    const browser = await startChromium(program);
    afterAll(() => browser.close());
    suite(() => ({ open: (url, look) => openPage(browser, url, look) }));
  });
}

async function openPage(browser: Browser, url: string, look: Look = {}): Promise<OpenedPage> {
  const { scheme, width, height, javaScript } = { ...LOOK, ...look };
  const context = await browser.newContext({
    colorScheme: scheme,
    viewport: { width, height },
    javaScriptEnabled: javaScript,
    reducedMotion: 'reduce',
    locale: 'en-US',
    timezoneId: 'UTC',
  });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const problems: string[] = [];
  const { host } = new URL(url);
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text());
  });
  page.on('request', (request) => {
    const target = new URL(request.url());
    if (target.protocol !== 'data:' && target.host !== host) problems.push(`a request to ${request.url()}`);
  });
  await page.goto(url);
  return { page, problems };
}

/** The address of an application on a free port. */
export function serve(app: FastifyInstance): Promise<string> {
  return listen(app, { host: '127.0.0.1', port: 0 });
}

/** What axe finds serious or critical: a line each. */
export async function seriousFindings(page: Page): Promise<string[]> {
  // Evaluated through the debugger: the page's policy would refuse a script element.
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<AxeResults>('axe.run()');
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
}

/** By how many pixels the page is wider than the window. */
export function overhang(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}

/** How many marks of a kind the wide plot with this label has: `rect`, `dot`, `line`. */
export function marksOf(page: Page, label: string | RegExp, mark: string): Promise<number> {
  return page.getByRole('img', { name: label }).first().locator(`[data-mark="${mark}"] > *`).count();
}

/** Keeps a picture of the page in `docs/pages/`, if `CONTRAIL_PICTURES` is set. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  if (process.env['CONTRAIL_PICTURES'] === undefined) return;
  await page.screenshot({ path: `docs/pages/${name}.png`, fullPage: false, animations: 'disabled' });
}
