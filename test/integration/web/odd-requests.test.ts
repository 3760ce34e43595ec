/** Thousands of odd requests, made from the routes that there are: none may end as a failure of ours. */
import * as fc from 'fast-check';
import type { InjectOptions } from 'fastify';
import { expect, it, onTestFinished } from 'vitest';
import { MemoryObjectStore } from '../../../src/adapters/memory/object-store.ts';
import { JOB_KINDS } from '../../../src/jobs/job-kinds.ts';
import { STATISTICS_JOB } from '../../../src/jobs/statistics-job.ts';
import { buildApp } from '../../../src/web/app.ts';
import { mountBoard } from '../../../src/web/board/board.ts';
import { BullmqJobQueue } from '../../../src/queue/bullmq/job-queue.ts';
import { connectProducer } from '../../../src/queue/bullmq/connection.ts';
import { QUIET_OBSERVATION } from '../../support/observation.ts';
import { recordedLog } from '../../support/recorded-log.ts';
import { freshRedis } from '../../support/redis.ts';
import { SYSTEM } from '../../support/system.ts';

const REQUESTS = 3_000;
const MOST_GROWTH_BYTES = 200 * 1024 * 1024;
const never = new AbortController().signal;

async function setup() {
  const redis = freshRedis();
  const queue = new BullmqJobQueue({ ...SYSTEM, ...redis, kinds: JOB_KINDS });
  const connection = connectProducer(redis.redisUrl);
  const store = new MemoryObjectStore({ clock: { now: () => 0 } });
  const log = recordedLog();
  const app = await buildApp({
    clock: SYSTEM.clock,
    store,
    mountBoard: (fastify) => mountBoard(fastify, { connection, prefix: redis.prefix, log }),
    observation: QUIET_OBSERVATION,
    log,
  });
  onTestFinished(async () => {
    await app.close();
    await queue.close();
    connection.disconnect();
  });
  const jobs = ['a.weekly.1', 'b.weekly.1'].map((id) => ({ id, name: id, payload: { nonsense: true } }));
  await queue.enqueue(STATISTICS_JOB.queue, jobs, never);
  return { app, log };
}

const ODD_TEXTS = [
  [
    '',
    '.',
    '..',
    '..%2f',
    '%2e%2e',
    '%2F',
    '%5c',
    '%00',
    '%',
    '%ZZ',
    '%c0%af',
    '%ff',
    '%25',
    '//',
    '\\',
    ';',
    '?',
    '#',
  ],
  [
    '-1',
    '0',
    '1',
    '1e308',
    '9007199254740993',
    '9'.repeat(300),
    'NaN',
    'Infinity',
    '1;2',
    '0x10',
    'true',
    'null',
    '[]',
  ],
  [
    'meta',
    'wait',
    'id',
    'events',
    '__proto__',
    'constructor',
    'toString',
    'a.weekly.1',
    'b.weekly.1:logs',
    'repeat:x:1',
  ],
  ['%1b%5b31m', '%C2%9B', '%E2%80%AE', '%F0%9F%92%A9', '%EF%BF%BF', '%ED%A0%80', '<script>', '%0d%0aX-Odd:%201', ' '],
].flat();
const JOB_PARTS = [
  'statistics',
  'metadata',
  'records',
  'none',
  'a.weekly.1',
  'b.weekly.1',
  'failed',
  'completed',
  'wait',
];
const text = fc.oneof(
  fc.constantFrom(...ODD_TEXTS),
  fc.constantFrom(...JOB_PARTS),
  fc.string({ unit: 'binary', maxLength: 30 }).map((odd) => encodeURIComponent(odd.toWellFormed())),
);
const ROUTES = [
  ['/', '/objects/', '/objects/statistics/*', '/objects/*/*', '/healthz', '/assets/contrail.css', '/*', '/*/*'],
  ['/queues', '/queues/', '/queues/queue/*', '/queues/queue/*/*', '/queues/static/*', '/queues/*'],
  ['', '/*', '/*/*', '/*/*/*', '/*/job-schedulers/*', '/*/job-schedulers/*/remove', '/*/job-schedulers/*/run'].map(
    (end) => `/queues/api/queues${end}`,
  ),
  ['add', 'pause', 'resume', 'promote', 'concurrency', 'rate-limit', 'rate-limit/release', 'empty', 'metrics'].map(
    (end) => `/queues/api/queues/*/${end}`,
  ),
  ['retry/*', 'clean/*', 'workers', 'obliterate', 'default-job-options', 'job-data-schema'].map(
    (end) => `/queues/api/queues/*/${end}`,
  ),
  ['clean', 'delay', 'flow', 'logs', 'priority', 'promote', 'retry', 'update-data', 'remove-unprocessed-children'].map(
    (end) => `/queues/api/queues/*/*/${end}`,
  ),
  ['/queues/api/job-schedulers', '/queues/api/redis/stats', '//queues', '/%71ueues', '/queues/..;/'],
].flat();
/** A route whose variable parts are odd texts, the first often the name of a queue. */
const path = fc
  .tuple(fc.constantFrom(...ROUTES), fc.boolean(), fc.array(text, { minLength: 3, maxLength: 3 }))
  .map(([route, isQueue, texts]) => {
    const [first = '', ...rest] = route.split('*');
    return first + rest.map((part, index) => (index === 0 && isQueue ? 'statistics' : texts[index]) + part).join('');
  });
const query = fc
  .array(
    fc.tuple(
      fc.constantFrom('activeQueue', 'status', 'page', 'jobsPerPage', 'depth', 'maxChildren', 'root', 'queueName', 'x'),
      fc.oneof(text, fc.nat().map(String)),
    ),
    { maxLength: 4 },
  )
  .map((pairs) => (pairs.length === 0 ? '' : `?${pairs.map((pair) => pair.join('=')).join('&')}`));
const body = fc.oneof(
  fc.constant('{'),
  fc.constant(''),
  fc.json({ maxDepth: 3 }),
  fc
    .record(
      {
        name: fc.oneof(fc.string(), fc.constant(null)),
        data: fc.jsonValue(),
        options: fc.oneof(
          fc.jsonValue(),
          fc.record({ delay: fc.double(), priority: fc.double(), attempts: fc.double() }),
        ),
        concurrency: fc.oneof(fc.double(), fc.string()),
        priority: fc.oneof(fc.double(), fc.string()),
        delay: fc.oneof(fc.double(), fc.string()),
        runAt: fc.oneof(fc.double(), fc.string()),
        max: fc.double(),
        duration: fc.double(),
        jobData: fc.jsonValue(),
        force: fc.oneof(fc.boolean(), fc.string()),
      },
      { requiredKeys: [] },
    )
    .map((value) => JSON.stringify(value)),
);

it('odd requests get an answer that blames the request, and no stack', { timeout: 120_000 }, async () => {
  const { app, log } = await setup();
  const request = fc.record({
    method: fc.constantFrom('GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE'),
    path: fc.oneof({ weight: 4, arbitrary: path }, { weight: 1, arbitrary: fc.webPath().map((odd) => odd || '/') }),
    query,
    body,
    contentType: fc.constantFrom('application/json', 'text/plain', 'application/json\ta', 'multipart/form-data', 'x'),
  });
  const before = process.memoryUsage().rss;

  await fc.assert(
    fc.asyncProperty(request, async ({ method, path, query, body, contentType }) => {
      fc.pre(URL.canParse(path, 'http://localhost'));
      const hasBody = !['GET', 'HEAD', 'OPTIONS', 'TRACE'].includes(method);
      const reply = await app.inject({
        method: method as NonNullable<InjectOptions['method']>,
        url: `${path}${query}`,
        headers: { host: 'localhost', ...(hasBody ? { 'content-type': contentType } : {}) },
        ...(hasBody ? { payload: body } : {}),
      });
      expect(reply.statusCode, reply.body).toBeLessThan(500);
      expect(reply.body).not.toMatch(/node_modules|\.ts:\d|\.js:\d+|\bat \S+ \(/);
    }),
    { numRuns: REQUESTS, maxSkipsPerRun: 1_000 },
  );

  expect(log.lines.filter(({ fields }) => fields['audit'] !== true)).toEqual([]);
  expect(process.memoryUsage().rss - before).toBeLessThan(MOST_GROWTH_BYTES);
});
