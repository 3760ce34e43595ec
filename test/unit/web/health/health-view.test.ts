import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { pageText } from '../../../../src/web/frame/page.ts';
import { HealthParameters } from '../../../../src/web/pages/health/health-parameters.ts';
import type { HealthSnapshot } from '../../../../src/web/pages/health/health-source.ts';
import { healthPage } from '../../../../src/web/pages/health/health-view.ts';
import {
  failed,
  type FileFacts,
  FRESH,
  gone,
  HOUR_MS,
  MISSING,
  NEVER,
  NOT_DUE,
  NOW,
  publishedFile,
  seenSource,
  STALE,
} from '../../../support/health-files.ts';
import { healthRecords, healthSnapshot, knownFiles, queueLook } from '../../../support/health-snapshot.ts';

const PAUSED = { kind: 'read', value: [queueLook('statistics', { isPaused: true })], at: NOW } as const;

function shown(snapshot: HealthSnapshot, query: Record<string, string> = {}) {
  const page = healthPage(snapshot, { parameters: HealthParameters.parse(query), hasPage: () => true });
  const text = pageText(page, { style: '/s.css', script: '/s.js', version: '1', now: NOW, hasPage: () => true });
  const { document } = parseHTML(text);
  const textOf = (selector: string) =>
    [...document.querySelectorAll(selector)].map((element) => element.textContent.replace(/\s+/g, ' ').trim());
  return { document, text, textOf };
}

const show = (files: readonly FileFacts[], parts: Partial<HealthSnapshot> = {}, query: Record<string, string> = {}) =>
  shown(healthSnapshot(files, parts), query);

describe('the headline', () => {
  it.each<[string, FileFacts[], string]>([
    [
      'all are fresh',
      [FRESH, { ...FRESH, period: 'overall' }, { ...NOT_DUE, period: 'daily' }],
      'All 2 files are fresh',
    ],
    ['one file is all there is', [FRESH], 'The only file is fresh'],
    ['nobody is needed', [FRESH, { ...gone(3), period: 'overall' }], 'None of 2 files needs you'],
    ['one needs somebody', [FRESH, { ...STALE, period: 'overall' }], '1 of 2 files needs you'],
    ['two need somebody', [failed('No.'), { ...NEVER, period: 'overall' }], '2 of 2 files need you'],
    ['there is nothing to publish', [], 'No experiments yet'],
  ])('says when %s', (_when, files, expected) => {
    expect(show(files).textOf('h1')).toEqual([expected]);
  });

  it('says that no scan has run, or that the index was lost and is being rebuilt', () => {
    const building = { files: { kind: 'read', value: { kind: 'building' }, at: NOW } } as const;
    const runs = healthRecords([{ finishedAt: NOW, end: 'published' }]);

    expect(show([], building).textOf('h1')).toEqual(['No experiments yet']);
    expect(show([], { ...building, records: { kind: 'read', value: runs, at: NOW } }).textOf('h1')).toEqual([
      'The states of files are being rebuilt',
    ]);
  });

  it('never says that all is well when nobody looks any more', () => {
    const value = knownFiles([FRESH], { isOld: true, checkedAt: NOW - 3 * HOUR_MS });

    const { textOf } = show([], { files: { kind: 'read', value, at: NOW } });

    expect(textOf('h1')).toEqual(['Nobody has checked the files for 3 h']);
    expect(textOf('.sub')[0]).toContain('Is contrail schedule running? At the last scan: all well.');
  });
});

describe('the lines that need somebody', () => {
  it('tell file, cause, attempts, what stays published, and the next steps', () => {
    const sentence = '42 of 294 rows (14.3 %, limit 10 %) have a null `metric`, which Experimenter rejects.';
    const { document, textOf } = show([{ experiment: 'my-slug', ...failed(`my-slug weekly: ${sentence}`) }]);

    const [line = ''] = textOf('.needs-you li');

    expect(line).toContain(`Failed my-slug weekly: ${sentence}`);
    expect(line).toContain('3 attempts, last 3 h ago. The file of 13 Jan 2026 stays published.');
    const links = [...document.querySelectorAll('.needs-you .next a')].map((a) => [
      a.textContent,
      a.getAttribute('href'),
    ]);
    expect(links).toEqual([
      ['Errors', '/errors?experiment=my-slug'],
      ['Runs', '/runs?q=my-slug'],
      ['Export again', '/experiments/my-slug#files'],
    ]);
  });

  it('link to no page that is not there', () => {
    const page = healthPage(healthSnapshot([failed('No.')]), {
      parameters: HealthParameters.parse({}),
      hasPage: () => false,
    });

    const { document } = parseHTML(page.body.toString());
    const links = [...document.querySelectorAll('.needs-you a, .matrix a, .tiles a')].map((a) =>
      a.getAttribute('href'),
    );

    expect(new Set(links)).toEqual(new Set(['/objects/?experiment=my-slug']));
  });

  it('tell a cause of many files once, with the first of them', () => {
    const files = ['a', 'b', 'c', 'd', 'e'].map((experiment) => ({ experiment, ...failed('Permission denied.') }));

    const [line = '', ...others] = show(files).textOf('.needs-you li');

    expect(others).toEqual([]);
    expect(line).toContain('5 files: Permission denied.');
    expect(line).toContain('a weekly, b weekly, c weekly and 2 more');
  });

  it('tell how late files come forward, and lead to a paused queue', () => {
    const queued = { queue: 'statistics', state: 'waiting', place: 3 } as const;

    expect(show([{ ...STALE, job: queued }]).textOf('.needs-you')[0]).toContain(
      'Stale my-slug weekly: the source changed 9 h ago, limit 6 h. Queued at place 3.',
    );
    expect(show([STALE]).textOf('.needs-you')[0]).toContain('Not queued; the next scan enqueues it.');
    const paused = show([{ ...STALE, job: queued }], { queues: PAUSED });
    expect(paused.textOf('.needs-you')[0]).toContain('The queue statistics is paused.');
    expect(paused.document.querySelector('.next a')?.getAttribute('href')).toBe('/queues/queue/statistics');
  });

  it('are followed by a link to the rest', () => {
    const files = Array.from({ length: 8 }, (_, n) => ({ experiment: `e${n}`, ...STALE }));

    const { document, textOf } = show(files);

    expect(textOf('.needs-you .more')).toEqual(['and 3 more files']);
    expect(document.querySelector('.needs-you .more a')?.getAttribute('href')).toBe('/?state=needs-you#files');
  });
});

describe('the matrix', () => {
  it.each<[string, FileFacts, string]>([
    ['fresh', FRESH, 'fresh, source changed 3 h'],
    ['fresh', { ...FRESH, source: seenSource(1), newer: seenSource(1) }, 'fresh updating due within 5 h'],
    ['failed', failed('The bucket is missing.'), 'failed 3 times The bucket is missing.'],
    ['stale', STALE, 'stale 3 h late not queued'],
    ['never', NEVER, 'never not queued'],
    ['missing', MISSING, 'no results yet expected since 14 Jan 2026'],
    ['gone', gone(3), 'deleted 3 h ago file of 13 Jan 2026 stays'],
    [
      'running',
      { ...STALE, job: { queue: 'q', state: 'active', progress: 41.9, failures: 2 } },
      'running 41% after 2 failures',
    ],
    ['not-due', { source: seenSource(1), newer: seenSource(1) }, 'not due first within 5 h'],
    [
      'rebuilding',
      { ...FRESH, lacking: { kind: 'rebuilding', since: NOW, windows: 'weeks 1, 2, 4 of 6' } },
      'rebuilding weeks 1, 2, 4 of 6',
    ],
    ['refused', { refusal: { code: 'X', sentence: 'Its name is too long.' } }, 'refused Its name is too long.'],
  ])('says what %s means for a file', (state, facts, expected) => {
    const { document, textOf } = show([facts]);

    const cell = document.querySelector('td[data-name=weekly]');

    expect(cell?.getAttribute('data-state')).toBe(state);
    expect(textOf('td[data-name=weekly]').map((text) => text.replace(/\s+/g, ' '))).toEqual([expected]);
    expect(cell?.querySelector('a')?.getAttribute('href')).toBe('/experiments/my-slug#files');
  });

  it('marks rows that were left out, and jobs in a paused queue', () => {
    const leftOut = { ...FRESH, published: publishedFile(3, 42) };
    expect(show([leftOut]).textOf('.left-out')).toEqual(['•42, 42 rows left out']);

    const waiting = { ...STALE, job: { queue: 'statistics', state: 'waiting' } } as const;
    expect(show([waiting], { queues: PAUSED }).textOf('td .paused')).toEqual(['paused']);
    expect(show([waiting]).textOf('td .paused')).toEqual([]);
  });

  it('filters, keeps what was chosen, and says when nothing matches', () => {
    const files = [
      { experiment: 'a', ...FRESH },
      { experiment: 'b', ...STALE },
    ];
    const { document, textOf } = show(files, {}, { state: 'stale', q: 'b', sort: 'name' });

    expect(textOf('.matrix tbody th a')).toEqual(['b']);
    expect(document.querySelector('select[name=state] option[selected]')?.getAttribute('value')).toBe('stale');
    expect(document.querySelector('.bar input[name=q]')?.getAttribute('value')).toBe('b');
    expect(show(files, {}, { q: 'nothing' }).textOf('#files .empty')).toEqual(['No experiment matches. Show all']);
  });

  it('has pages whose links keep the filters', () => {
    const files = Array.from({ length: 120 }, (_, n) => ({ experiment: `e${1000 + n}`, ...FRESH }));

    const { document } = show(files, {}, { page: '2', q: 'e' });

    expect([...document.querySelectorAll('.pages a')].map((a) => a.getAttribute('href'))).toEqual([
      '/?q=e#files',
      '/?q=e&page=3#files',
    ]);
  });

  it('shows what others have written as text', () => {
    const slug = `"><script>alert(1)</script>'\u202e`;
    const { document, text } = show(
      [{ experiment: slug, ...failed(`<img src=x onerror=alert(1)> ${slug}`) }],
      {},
      { q: '"><script>' },
    );

    expect(document.querySelectorAll('main script, main img')).toHaveLength(0);
    expect(text).not.toContain('<script>alert');
    expect(text).not.toContain('\u202e');
  });
});

describe('tiles, throughput and queues', () => {
  it('tell the numbers of today beside the usual ones', () => {
    const value = healthRecords([], {
      usuallyPublished: { low: 170.2, high: 210, days: 28 },
      cost: { day: '2026-01-14', usd: 1.84, usually: { low: 1.5, high: 2.4, days: 28 } },
    });
    const look = queueLook('statistics', { oldestMs: 240_000 }, { waiting: 10, prioritized: 1, due: 1, active: 2 });
    const { textOf } = show([FRESH], {
      records: { kind: 'read', value, at: NOW - 5 * 60_000 },
      queues: { kind: 'read', value: [look], at: NOW },
    });

    expect(textOf('.tiles > div')).toEqual([
      'Published today 187 usually 170–210 a day; as of 5 min ago',
      'Jobs waiting 12 2 running, the oldest for 4 min',
      'Cost of 14 Jan 2026 $1.84 usually $1.50–$2.40 a day',
      'Open alerts 1 1 critical, 2 silenced; checked 1 min ago',
    ]);
    expect(textOf('section[aria-labelledby=queues] tbody tr')).toEqual(['statistics 12 4 min 2 0 0 working']);
  });

  it('are absent where their source did not answer, which the page says above them', () => {
    const { textOf } = show([FRESH], {
      records: { kind: 'unread', problem: 'The monitoring tables could not be read: The warehouse is busy.' },
    });

    expect(textOf('.tiles dt')).toEqual(['Jobs waiting', 'Open alerts']);
    expect(textOf('.partial')[0]).toContain('Shown: 3 of 4 sources.');
    expect(textOf('.partial')[0]).toContain('The warehouse is busy.');
  });

  it('draw one mark for each hour with published files, and one for each with failures', () => {
    const at = (hours: number) => NOW - hours * HOUR_MS;
    const value = healthRecords([
      { finishedAt: at(0), end: 'published' },
      { finishedAt: at(0), end: 'failed' },
      { finishedAt: at(30), end: 'published' },
      { finishedAt: at(30), end: 'published' },
    ]);
    const { document, textOf } = show([FRESH], { records: { kind: 'read', value, at: NOW } });

    expect(document.querySelectorAll('.plot-wide [data-mark=rect] rect')).toHaveLength(3);
    expect(document.querySelector('.plot-wide')?.getAttribute('aria-label')).toContain(
      '3 files published, 1 run failed',
    );
    expect(textOf('.plot tbody tr')[0]).toBe('2026-01-15 1 1');
  });

  it('say so where nothing has happened in seven days', () => {
    expect(show([FRESH]).textOf('section[aria-labelledby=throughput] .empty')).toHaveLength(1);
  });
});
