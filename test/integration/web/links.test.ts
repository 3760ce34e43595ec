/** Every link of a page, of a job on the board and of an alert leads to a page that is there. */
import { Worker } from 'bullmq';
import { expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { MemoryObjectStore } from '../../../src/adapters/memory/object-store.ts';
import { buildAlertMessage } from '../../../src/alerts/message.ts';
import { slackBody, webhookBody } from '../../../src/adapters/webhook/message-formats.ts';
import { dueNotifications } from '../../../src/alerts/notification.ts';
import { ALERT_RULES, evaluateRules } from '../../../src/alerts/rules.ts';
import { stepAlerts } from '../../../src/alerts/state.ts';
import { JOB_KINDS } from '../../../src/jobs/job-kinds.ts';
import { STATISTICS_JOB } from '../../../src/jobs/statistics-job.ts';
import { buildApp } from '../../../src/web/app.ts';
import { addAlertRoutes } from '../../../src/web/pages/alerts/routes.ts';
import type { AlertsSource } from '../../../src/web/pages/alerts/source.ts';
import { addEnrollmentRoutes } from '../../../src/web/pages/enrollments/routes.ts';
import type { EnrollmentsSource } from '../../../src/web/pages/enrollments/source.ts';
import { mountBoard } from '../../../src/web/board/board.ts';
import { ABSENT } from '../../../src/ports/object-store.ts';
import { BullmqJobQueue } from '../../../src/queue/bullmq/job-queue.ts';
import { connectProducer } from '../../../src/queue/bullmq/connection.ts';
import { alertInputs, experiment, NOW } from '../../support/alert-world.ts';
import { healthPages } from '../../support/health-pages.ts';
import { QUIET_OBSERVATION } from '../../support/observation.ts';
import { recordedLog } from '../../support/recorded-log.ts';
import { freshRedis } from '../../support/redis.ts';
import { SYSTEM } from '../../support/system.ts';

const never = new AbortController().signal;
const PAGES = 'http://localhost:8080';
const PUBLISHED = ['statistics/statistics_my_slug_weekly.json', 'errors/a b?c#d%2e"><i>é.json'];
const PAYLOAD = {
  version: 1,
  experiment: 'my-slug',
  period: 'weekly',
  knownBy: 'api',
  sourceVersion: '2026-01-15T00:00:00.000Z',
  seen: { generation: 'absent', metadata: {} },
  reason: 'new',
  force: false,
};

/** The live experiment of that name, which has no counts. */
function enrollmentsOf(slug: string): EnrollmentsSource {
  const inputs = alertInputs({ experiments: [experiment({ slug })] });
  return {
    read: async () => ({ kind: 'read', at: NOW, value: { inputs, limits: {} } }),
    history: async () => ({ kind: 'read', at: NOW, value: { totals: [], unreadable: [] } }),
  };
}

const NO_ALERTS: AlertsSource = {
  read: async () => ({ now: NOW, checkedAt: NOW, alerts: [], silences: [], problems: [] }),
  silence: async () => undefined,
};

/** Pages of two objects, a paused queue, and three jobs: one that has published, one that waits, one that cannot be read. */
async function setup(slug = 'my-slug') {
  const redis = freshRedis();
  const queue = new BullmqJobQueue({ ...SYSTEM, ...redis, kinds: JOB_KINDS });
  const connection = connectProducer(redis.redisUrl);
  const store = new MemoryObjectStore({ clock: { now: () => NOW } });
  const log = recordedLog();
  const app = await buildApp({
    clock: SYSTEM.clock,
    store,
    pages: [
      healthPages({ redis, queue }),
      (scope) => addEnrollmentRoutes(scope, enrollmentsOf(slug)),
      (scope) => addAlertRoutes(scope, NO_ALERTS),
    ],
    mountBoard: (fastify) => mountBoard(fastify, { connection, prefix: redis.prefix, log }),
    observation: QUIET_OBSERVATION,
    log,
  });
  const worker = new Worker(STATISTICS_JOB.queue, null, {
    connection: { url: redis.redisUrl, maxRetriesPerRequest: null },
    prefix: redis.prefix,
  });
  onTestFinished(async () => {
    await worker.close();
    await app.close();
    await queue.close();
    connection.disconnect();
  });
  for (const name of PUBLISHED) {
    const writer = await store.write({ name, contentType: 'application/json', ifGeneration: ABSENT, signal: never });
    await writer.write(Buffer.from('[]'));
    await writer.commit({});
  }
  const get = async (url: string) => app.inject({ url, headers: { host: 'localhost:8080' } });
  const enqueue = (id: string, payload: unknown) =>
    queue.enqueue(STATISTICS_JOB.queue, [{ id, name: id, payload }], never);
  await enqueue('published', PAYLOAD);
  const job = await worker.getNextJob('test');
  await job?.moveToCompleted({ kind: 'published', object: PUBLISHED[0] }, 'test', false);
  await enqueue('waiting', { ...PAYLOAD, experiment: 'odd "><i> slug' });
  await enqueue('unreadable', { nonsense: true });
  await app.inject({ method: 'PUT', url: '/queues/api/queues/errors/pause', headers: { host: 'localhost:8080' } });
  return { get };
}

type Get = Awaited<ReturnType<typeof setup>>['get'];

/** Follows every link from these addresses on. Gives each address with the status of its answer. */
async function follow(get: Get, starts: readonly string[]): Promise<Map<string, number>> {
  const statuses = new Map<string, number>();
  const open = [...starts];
  for (let url = open.pop(); url !== undefined; url = open.pop()) {
    const { origin, pathname, search } = new URL(url, PAGES);
    expect(origin, url).toBe(PAGES);
    const path = `${pathname}${search}`;
    if (statuses.has(path)) continue;
    const { statusCode, headers, body } = await get(path);
    statuses.set(path, statusCode);
    if (String(headers['content-type']).startsWith('text/html')) open.push(...linksIn(body, path));
  }
  return statuses;
}

/** What a page links to or loads, as absolute addresses. */
function linksIn(text: string, path: string): string[] {
  const base = new URL(/<base href="([^"]*)"/.exec(text)?.[1] ?? '', new URL(path, PAGES));
  const targets = [...text.matchAll(/<(?!base)[^>]*?\s(?:href|src)="([^"]*)"/g)].map(([, target = '']) => target);
  return targets.map((target) => new URL(target.replace(/&#(\d+);/g, characterOf), base).href);
}

function characterOf(_: string, code: string): string {
  return String.fromCharCode(Number(code));
}

const Board = z.object({
  queues: z.array(
    z.object({ name: z.string(), jobs: z.array(z.object({ externalUrl: z.object({ href: z.string() }) })) }),
  ),
});

/** The addresses in every alert that can be found about an experiment without results, of which all has failed. */
function alertLinks(slug: string): { rules: string[]; urls: string[] } {
  const file = { experiment: slug, product: 'statistics', period: 'weekly', hasFile: false } as const;
  const inputs = alertInputs({
    experiments: [experiment({ slug, startDate: '2025-12-01', enrollmentEndDate: '2025-12-20' })],
    errors: new Map([[slug, [{ metric: null, exceptionType: 'StatisticComputationException' }]]]),
    objects: new Set(),
    files: [
      { ...file, state: 'failed', lateMs: null, failure: { code: 'ROWS_REFUSED', attempts: 3 } },
      { ...file, state: 'stale', lateMs: 3_600_000, failure: null },
    ],
    records: JOB_KINDS.map((kind) => ({ queue: kind.queue, waiting: 3, oldestMs: 86_400_000, lateMs: 86_400_000 })),
    logs: { uncategorized: 1, critical: new Map([[slug, 2]]) },
  });
  const alerts = stepAlerts({ previous: [], results: evaluateRules(ALERT_RULES, inputs, {}), now: NOW });
  const due = dueNotifications({ alerts, previous: [], rules: ALERT_RULES, targets: ['hook'], now: NOW });
  const message = buildAlertMessage(due);
  const slack = [...slackBody(message, PAGES).matchAll(/<(http[^|>]*)\|/g)].map(([, url = '']) => url);
  const hook = [...webhookBody(message, { sentAt: NOW, pages: PAGES }).matchAll(/"url":"([^"]*)"/g)].map(
    ([, url = '']) => url,
  );
  return {
    rules: message.alerts.flatMap(({ rule, link }) => (link === null ? [] : [rule])),
    urls: [...slack, ...hook],
  };
}

it('links of pages all lead to something', async () => {
  const { get } = await setup();

  const statuses = await follow(get, ['/', '/objects/', '/queues', '/nothing', '/objects/statistics/none.json']);

  const lost = [...statuses].filter(([, status]) => status !== 200).map(([path]) => path);
  expect(lost.sort()).toEqual(['/nothing', '/objects/statistics/none.json']);
  const expected = [
    ...JOB_KINDS.map((kind) => `/queues/queue/${kind.queue}`),
    ...PUBLISHED.map((name) => `/objects/${name.split('/').map(encodeURIComponent).join('/')}`),
  ];
  expect([...statuses.keys()]).toEqual(expect.arrayContaining(expected));
});

it('links of jobs on the board all lead to something', async () => {
  const { get } = await setup();
  const { queues } = Board.parse((await get(`/queues/api/queues?activeQueue=${STATISTICS_JOB.queue}`)).json());
  const targets = queues.flatMap(({ jobs }) => jobs.map(({ externalUrl }) => externalUrl.href));

  const statuses = await follow(get, targets);

  expect(targets).toHaveLength(3);
  expect([...statuses].filter(([, status]) => status !== 200)).toEqual([]);
});

it.each(['my-slug', 'without-any-file', 'odd slug #1?&é|<i>'])(
  'links of alerts about %s all lead to something',
  async (slug) => {
    const { get } = await setup(slug);
    const { rules, urls } = alertLinks(slug);

    const statuses = await follow(get, urls);

    expect(new Set(rules)).toEqual(new Set(['A1', 'A2', 'F1', 'F2', 'G4', 'L2', 'M5', 'R1']));
    expect([...statuses].filter(([, status]) => status !== 200)).toEqual([]);
  },
);

it('links of alerts to a queue lead to one that there is', () => {
  const { urls } = alertLinks('my-slug');
  const queues = urls.flatMap((url) => /\/queues\/queue\/([^/?]+)$/.exec(url)?.[1] ?? []);

  expect(new Set(queues)).toEqual(new Set(JOB_KINDS.map((kind) => kind.queue)));
});
