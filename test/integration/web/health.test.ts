/** The health page and its part of the API, on a real Redis. */
import { expect, describe, it, onTestFinished } from 'vitest';
import { VirtualClock } from '../../../src/adapters/memory/virtual-clock.ts';
import { JOB_KINDS } from '../../../src/jobs/job-kinds.ts';
import { STATISTICS_JOB } from '../../../src/jobs/statistics-job.ts';
import { redisCommandsSent } from '../../../src/queue/bullmq/counted-redis.ts';
import { BullmqJobQueue } from '../../../src/queue/bullmq/job-queue.ts';
import { RedisFreshnessIndex } from '../../../src/queue/bullmq/redis-freshness-index.ts';
import { addHealthPages } from '../../../src/web/pages/health/health-routes.ts';
import { Queue } from 'bullmq';
import { failed, type FileFacts, FRESH, NOW, publishedFile, seenSource, STALE } from '../../support/health-files.ts';
import { healthPages } from '../../support/health-pages.ts';
import { healthRecords, healthSnapshot, queueLook } from '../../support/health-snapshot.ts';
import { pagesApp } from '../../support/pages.ts';
import { freshRedis } from '../../support/redis.ts';
import { SYSTEM } from '../../support/system.ts';

const never = new AbortController().signal;

/** The page of these files, without Redis. */
async function pageOf(files: readonly FileFacts[], parts: Parameters<typeof healthSnapshot>[1] = {}) {
  const snapshot = healthSnapshot(files, parts);
  return pagesApp({ pages: [(app) => addHealthPages(app, { read: async () => snapshot })], now: NOW });
}

/** The page on a Redis of its own, after a scan that found a file. */
async function realPage() {
  const redis = freshRedis();
  const clock = new VirtualClock(NOW);
  const queue = new BullmqJobQueue({ ...SYSTEM, ...redis, kinds: JOB_KINDS });
  const board = new Queue(STATISTICS_JOB.queue, { connection: { url: redis.redisUrl }, prefix: redis.prefix });
  const index = new RedisFreshnessIndex(redis);
  const pages = await pagesApp({ pages: [healthPages({ redis, queue, clock })] });
  onTestFinished(async () => {
    index.close();
    await board.close();
    await queue.close();
  });
  const pass = await index.begin();
  const file = { product: 'statistics', experiment: 'e1', period: 'weekly' } as const;
  await index.note([{ kind: 'seen', file, pass: pass.number, source: seenSource(1) }], pass);
  await index.finish(pass, { at: NOW, unread: [] });
  return { ...pages, clock, queue, board };
}

const MANY: FileFacts[] = Array.from({ length: 12 }, (_, n) => ({ experiment: `e${100 + n}`, ...FRESH }));

describe('the health page', () => {
  it('answers with what needs somebody, and filters by its address', async () => {
    const { get } = await pageOf([...MANY, { experiment: 'late-one', ...STALE }]);

    const whole = await get('/');
    const filtered = await get('/?state=stale&sort=name');

    expect([whole.statusCode, whole.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(whole.body).toContain('<h1>1 of 13 files needs you</h1>');
    expect(filtered.body.match(/<th scope="row">[^]*?late-one/g)).toHaveLength(1);
    expect(filtered.body).not.toContain('e100');
  });

  it.each([
    ['/?state=broken', 'state'],
    ['/?page=0', 'page'],
    ['/?sort=up', 'sort'],
    ['/?product=tables', 'product'],
    ['/?stat=stale', 'stat'],
    ['/?q=a&q=b', 'q'],
  ])('refuses %s, naming the parameter', async (url, parameter) => {
    const { get } = await pageOf(MANY);

    const { statusCode, body } = await get(url);

    expect(statusCode).toBe(400);
    expect(body).toContain(parameter);
  });

  it('names each paused queue, with a link to it on the board', async () => {
    const { get, queue, board } = await realPage();
    await queue.enqueue(STATISTICS_JOB.queue, [{ id: 'a.weekly.1', name: 'a weekly', payload: {} }], never);
    await board.pause();

    const { body } = await get('/');

    const [notice = ''] = /<p class="notice">[^]*?<\/p>/.exec(body) ?? [];
    expect(notice.replace(/\s+/g, ' ')).toContain(
      'The queue <a href="/queues/queue/statistics">statistics</a> is paused, 1 job waits in it. Resume it on the board.',
    );
  });

  it('costs Redis thirty commands in fifteen seconds, whoever looks, and however many jobs there are', async () => {
    const { get, clock, queue } = await realPage();
    const look = async () => {
      await clock.advance(60_001);
      const before = redisCommandsSent();
      await Promise.all(['/', '/', '/api/v1/health', '/api/v1/files'].map((url) => get(url)));
      await get('/');
      return redisCommandsSent() - before;
    };
    // Connects, and makes the scripts known.
    await look();

    const withoutJobs = await look();
    const requests = Array.from({ length: 300 }, (_, n) => ({ id: `e${n}.weekly.1`, name: `e${n}`, payload: {} }));
    await queue.enqueue(STATISTICS_JOB.queue, requests, never);
    const withJobs = await look();

    expect(withJobs).toBe(withoutJobs);
    expect(withJobs).toBeLessThanOrEqual(30);
    expect((await get('/api/v1/files')).body).toContain('"place":2');
  });
});

describe('the API', () => {
  it('tells the same numbers as the page', async () => {
    const value = healthRecords([{ finishedAt: NOW, end: 'published' }], {
      usuallyPublished: { low: 170, high: 210, days: 28 },
      cost: { day: '2026-01-14', usd: 1.84, usually: undefined },
    });
    const { get } = await pageOf([...MANY, { experiment: 'bad', ...failed('my sentence') }], {
      records: { kind: 'read', value, at: NOW },
    });

    const { statusCode, body } = await get('/api/v1/health');

    expect(statusCode).toBe(200);
    expect(JSON.parse(body)).toMatchObject({
      as_of: '2026-01-15T12:00:00.000Z',
      status: 'needs_you',
      headline: '1 of 13 files needs you',
      files: 13,
      not_due: 0,
      needs_you: 1,
      states: { fresh: 12, failed: 1 },
      causes: [
        {
          state: 'failed',
          files: [{ experiment: 'bad', product: 'statistics', period: 'weekly' }],
          code: 'ROWS_REFUSED',
          message: 'my sentence',
        },
      ],
      published_today: 187,
      usually_published: { low: 170, high: 210, days: 28 },
      cost: { day: '2026-01-14', usd: 1.84, usually: null },
      alerts: { open: 1, critical: 1, silenced: 2, no_data: 0 },
    });
    expect(JSON.parse(body).hours).toHaveLength(168);
  });

  it('tells a poller nothing while nothing has changed', async () => {
    const { get } = await pageOf(MANY);

    const first = await get('/api/v1/health?fields=version');
    const again = await get('/api/v1/health?fields=version', {
      headers: { 'if-none-match': String(first.headers['etag']) },
    });

    expect(JSON.parse(first.body)).toEqual({ version: expect.any(String) });
    expect([again.statusCode, again.body]).toEqual([304, '']);
  });

  it('lists files and experiments page by page, by the filters of the page', async () => {
    const { get } = await pageOf([
      ...MANY,
      { experiment: 'late', ...STALE, period: 'overall', job: { queue: 'statistics', state: 'waiting', place: 3 } },
      { experiment: 'late', ...FRESH, published: publishedFile(3, 4) },
    ]);

    const files = JSON.parse((await get('/api/v1/files?limit=10')).body);
    const rest = JSON.parse((await get(`/api/v1/files?limit=10&cursor=${files.next_cursor}`)).body);
    const late = JSON.parse((await get('/api/v1/files?state=stale')).body);
    const experiments = JSON.parse((await get('/api/v1/experiments?q=late')).body);

    expect([files.items.length, rest.items.length, rest.next_cursor]).toEqual([10, 4, null]);
    expect(files.items.map(({ rows_left_out: count }: { rows_left_out: number }) => count)).toContain(4);
    expect(late.items).toMatchObject([
      {
        experiment: 'late',
        period: 'overall',
        state: 'stale',
        needs_you: true,
        late_seconds: 3 * 3_600,
        job: { queue: 'statistics', state: 'waiting', place: 3, progress: null },
        published_at: '2026-01-14T06:00:00.000Z',
      },
    ]);
    expect(experiments.items).toEqual([
      { experiment: 'late', application: 'firefox_desktop', files: 2, needs_you: 1, states: { stale: 1, fresh: 1 } },
    ]);
  });

  it('tells how deep the queues are', async () => {
    const look = queueLook(
      'statistics',
      { isPaused: true, oldestMs: 5_000 },
      { waiting: 2, prioritized: 1, active: 4 },
    );
    const { get } = await pageOf(MANY, { queues: { kind: 'read', value: [look], at: NOW } });

    expect(JSON.parse((await get('/api/v1/queues')).body).items).toEqual([
      { queue: 'statistics', is_paused: true, waiting: 3, oldest_seconds: 5, running: 4, delayed: 0, failed: 0 },
    ]);
  });

  it('says which source did not answer', async () => {
    const lost = { kind: 'unread', problem: 'Redis is away.' } as const;
    const { get } = await pageOf([], { files: lost, queues: lost });

    const health = JSON.parse((await get('/api/v1/health')).body);
    const files = await get('/api/v1/files');

    expect(health).toMatchObject({ status: 'unknown', headline: 'The states of files are not known' });
    expect(health.sources).toContainEqual({ name: 'queues', problem: 'Redis is away.', as_of: null });
    expect([files.statusCode, files.headers['content-type']]).toEqual([503, 'application/problem+json; charset=utf-8']);
    expect(JSON.parse(files.body)).toMatchObject({ code: 'source_unavailable', title: 'Redis is away.' });
    expect((await get('/api/v1/queues')).statusCode).toBe(503);
    expect((await get('/')).body).toContain('Redis is away.');
  });

  it('is described', async () => {
    const { get } = await pageOf([]);

    const { paths } = JSON.parse((await get('/api/v1/openapi.json')).body);

    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining(['/api/v1/health', '/api/v1/files', '/api/v1/experiments', '/api/v1/queues']),
    );
  });
});
