/** The health page in Chromium, with files in the states of the demo and some more. */
import { expect, it } from 'vitest';
import type { HealthSnapshot } from '../../src/web/pages/health/health-source.ts';
import { addHealthPages } from '../../src/web/pages/health/health-routes.ts';
import {
  failed,
  type FileFacts,
  FRESH,
  gone,
  HOUR_MS,
  MISSING,
  NOT_DUE,
  NOW,
  publishedFile,
  seenSource,
  STALE,
} from '../support/health-files.ts';
import { healthRecords, healthSnapshot, queueLook } from '../support/health-snapshot.ts';
import { pagesApp } from '../support/pages.ts';
import { describeInBrowser, keepPicture, marksOf, overhang, seriousFindings, serve } from './support/browser-pages.ts';

const PERIODS = ['daily', 'weekly', 'overall'] as const;
const REFUSED = '77 of 388 rows (19.8 %, limit 10 %) break the rules of Experimenter: segment is null (77 rows).';

/** Hours before now, and how many files were published and runs failed then. */
const RUNS = Array.from({ length: 120 }, (_, n) => ({
  hoursAgo: n + 1,
  published: 3 + ((n * 7) % 11),
  failed: n % 9 === 0 ? 2 : 0,
}));

function calm(experiment: string): FileFacts[] {
  const files = PERIODS.map((period): FileFacts => ({ experiment, period, ...FRESH }));
  return [...files, { experiment, product: 'metadata', ...FRESH }, { experiment, product: 'errors', ...FRESH }];
}

const FILES: FileFacts[] = [
  ...['android-toolbar-position', 'ios-onboarding-cards', 'newtab-topic-picker-three-way'].flatMap(calm),
  { experiment: 'demo-bad-rows', ...failed(`demo-bad-rows weekly not published: ${REFUSED}`) },
  { experiment: 'demo-bad-rows', product: 'errors', ...FRESH },
  { experiment: 'demo-no-rows', period: 'daily', ...MISSING },
  { experiment: 'demo-no-rows', ...NOT_DUE, period: 'overall' },
  {
    experiment: 'shortcuts-visual-refresh',
    period: 'overall',
    ...STALE,
    job: { queue: 'statistics', state: 'waiting', place: 3 },
  },
  { experiment: 'search-result-de-duplication', ...FRESH, published: publishedFile(3, 42) },
  { experiment: 'search-result-de-duplication', period: 'daily', ...gone(3) },
  {
    experiment: 'urlbar-trending-suggestions',
    source: seenSource(2),
    newer: seenSource(2),
    published: publishedFile(40),
    job: { queue: 'statistics', state: 'active', progress: 41, failures: 1 },
  },
];

function snapshot(parts: Partial<HealthSnapshot> = {}): HealthSnapshot {
  const runs = RUNS.flatMap(({ hoursAgo, published, failed: failures }) => {
    const finishedAt = NOW - hoursAgo * HOUR_MS;
    return [
      ...Array.from({ length: published }, () => ({ finishedAt, end: 'published' as const })),
      ...Array.from({ length: failures }, () => ({ finishedAt, end: 'failed' as const })),
    ];
  });
  const value = healthRecords(runs, {
    usuallyPublished: { low: 170, high: 210, days: 28 },
    cost: { day: '2026-01-14', usd: 1.84, usually: { low: 1.5, high: 2.4, days: 28 } },
  });
  const looks = [
    queueLook('statistics', { oldestMs: 240_000 }, { waiting: 12, active: 1 }),
    queueLook('metadata'),
    queueLook('errors'),
  ];
  return healthSnapshot(FILES, {
    records: { kind: 'read', value, at: NOW },
    queues: { kind: 'read', value: looks, at: NOW },
    ...parts,
  });
}

async function serveHealth(parts: Partial<HealthSnapshot> = {}) {
  const source = { read: async () => snapshot(parts) };
  const { app } = await pagesApp({ pages: [(scope) => addHealthPages(scope, source)], now: NOW });
  return serve(app);
}

describeInBrowser('the health page', (browser) => {
  it('tells what needs somebody, with the right numbers and as many marks as hours', async () => {
    const { page, problems } = await browser().open(await serveHealth());

    const due = FILES.length - 1;
    expect(await page.locator('h1').textContent()).toBe(`3 of ${due} files need you`);
    const lines = await page.locator('.needs-you li').allTextContents();
    expect(lines.map((line) => line.replace(/\s+/g, ' ').trim())).toEqual([
      expect.stringContaining(`Failed demo-bad-rows weekly: not published: ${REFUSED}`),
      expect.stringContaining('Stale shortcuts-visual-refresh overall: the source changed 9 h ago, limit 6 h.'),
      expect.stringContaining('Missing demo-no-rows daily: no results yet, expected since 14 Jan 2026.'),
    ]);
    const marks = RUNS.filter(({ published }) => published > 0).length + RUNS.filter((run) => run.failed > 0).length;
    expect(await marksOf(page, /Runs per hour/, 'rect')).toBe(marks);
    expect(problems).toEqual([]);
    expect(await seriousFindings(page)).toEqual([]);
  });

  it('filters as soon as a state is chosen, and by a button without JavaScript', async () => {
    const url = await serveHealth();
    const { page } = await browser().open(url);

    await page.getByLabel('State').selectOption('running');
    await page.waitForURL(/state=running/);
    expect(await page.locator('.matrix tbody th a').allTextContents()).toEqual(['urlbar-trending-suggestions']);

    const { page: plain } = await browser().open(url, { javaScript: false });
    await plain.getByLabel('Slug').fill('demo');
    await plain.getByRole('button', { name: 'Show' }).click();
    expect(await plain.locator('.matrix tbody th a').allTextContents()).toEqual(['demo-bad-rows', 'demo-no-rows']);
  });

  it('needs no sideways scrolling on a phone, where fresh files are only counted', async () => {
    const { page, problems } = await browser().open(await serveHealth(), { width: 320, height: 900 });

    expect(await overhang(page)).toBe(0);
    expect(await page.locator('.matrix td.fresh').first().isVisible()).toBe(false);
    expect(await page.getByText('5 fresh files').first().isVisible()).toBe(true);
    expect(await seriousFindings(page)).toEqual([]);
    expect(problems).toEqual([]);
  });

  it('stays whole while sources do not answer', async () => {
    const lost = { kind: 'unread', problem: 'The monitoring tables could not be read.' } as const;
    const { page, problems } = await browser().open(await serveHealth({ records: lost }));

    expect(await page.getByText('Shown: 3 of 4 sources.').isVisible()).toBe(true);
    expect(await page.locator('.matrix tbody tr').count()).toBeGreaterThan(5);
    expect(await seriousFindings(page)).toEqual([]);
    expect(problems).toEqual([]);
  });

  it.each(['light', 'dark'] as const)('looks as in its picture, %s', async (scheme) => {
    const { page, problems } = await browser().open(await serveHealth(), { scheme, width: 1100, height: 900 });

    await keepPicture(page, `health-${scheme}`);

    expect(await seriousFindings(page)).toEqual([]);
    expect(problems).toEqual([]);
  });
});
