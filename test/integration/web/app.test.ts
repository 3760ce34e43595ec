import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import type { InjectOptions } from 'fastify';
import { describe, expect, it, onTestFinished } from 'vitest';
import { MemoryObjectStore } from '../../../src/adapters/memory/object-store.ts';
import { METADATA } from '../../../src/domain/object-metadata.ts';
import { JOB_KINDS } from '../../../src/jobs/job-kinds.ts';
import { STATISTICS_JOB } from '../../../src/jobs/statistics-job.ts';
import { buildApp, type TimeLimits } from '../../../src/web/app.ts';
import { mountBoard } from '../../../src/web/board/board.ts';
import { listen } from '../../../src/web/server.ts';
import { ABSENT } from '../../../src/ports/object-store.ts';
import { BullmqJobQueue } from '../../../src/queue/bullmq/job-queue.ts';
import { connectProducer } from '../../../src/queue/bullmq/connection.ts';
import { healthPages } from '../../support/health-pages.ts';
import { QUIET_OBSERVATION } from '../../support/observation.ts';
import { readMetrics } from '../../support/prometheus-text.ts';
import { type RecordedLog, recordedLog } from '../../support/recorded-log.ts';
import { freshRedis } from '../../support/redis.ts';
import { SYSTEM } from '../../support/system.ts';

const never = new AbortController().signal;
const NAME = 'statistics/statistics_my_slug_weekly.json';
const ODD_NAME = 'errors/a b?c#d%2e"><script>.json';
const JOB = {
  version: 1,
  experiment: '"><script>alert(1)</script>',
  period: 'weekly',
  knownBy: 'api',
  sourceVersion: '2026-01-15T00:00:00.000Z',
  seen: { generation: 'absent', metadata: {} },
  reason: 'new',
  force: false,
};

/** What was logged besides actions. */
function problemsOf({ lines }: RecordedLog) {
  return lines.filter(({ fields }) => fields['audit'] !== true);
}

async function setup({ timeLimits = {} }: { timeLimits?: Partial<TimeLimits> } = {}) {
  const redis = freshRedis();
  const queue = new BullmqJobQueue({ ...SYSTEM, ...redis, kinds: JOB_KINDS });
  const connection = connectProducer(redis.redisUrl);
  const store = new MemoryObjectStore({ clock: { now: () => Date.parse('2026-01-15T12:00:00Z') } });
  const log = recordedLog();
  const problems: string[] = [];
  const app = await buildApp({
    clock: SYSTEM.clock,
    store,
    pages: [healthPages({ redis, queue })],
    mountBoard: (fastify) => mountBoard(fastify, { connection, prefix: redis.prefix, log }),
    observation: { ...QUIET_OBSERVATION, problems: async () => problems },
    log,
    timeLimits,
  });
  onTestFinished(async () => {
    await app.close();
    await queue.close();
    connection.disconnect();
  });
  const raw = async (write: (socket: Socket) => void) => {
    const { hostname, port } = new URL(await listen(app, { host: '127.0.0.1', port: 0 }));
    const socket = connect(Number(port), hostname);
    write(socket);
    return text(socket);
  };
  return {
    app,
    connection,
    store,
    /** The whole answer to what is written to a connection of its own. */
    raw,
    queue,
    log,
    problems,
    get: (url: string, options: InjectOptions = {}) =>
      app.inject({ url, headers: { host: 'localhost:8080' }, ...options }),
    enqueue: (id: string, payload: unknown = JOB) =>
      queue.enqueue(STATISTICS_JOB.queue, [{ id, name: JOB.experiment, payload }], never),
    publish: async (name: string, text: string, metadata = {}) => {
      const writer = await store.write({ name, contentType: 'application/json', ifGeneration: ABSENT, signal: never });
      await writer.write(Buffer.from(text));
      await writer.commit(metadata);
    },
  };
}

describe('the pages', () => {
  it('say that the process lives, and whether it can work, or why not', async () => {
    const { get, problems } = await setup();

    const healthy = await get('/healthz');
    const able = await get('/readyz');
    problems.push('Redis does not answer. Start it.', 'statistics: No right to write.');
    const unable = await get('/readyz');

    expect([healthy, able, unable].map((reply) => [reply.statusCode, reply.body])).toEqual([
      [200, 'ok\n'],
      [200, 'ready\n'],
      [503, 'unready\nRedis does not answer. Start it.\nstatistics: No right to write.\n'],
    ]);
    expect((await get('/healthz')).statusCode).toBe(200);
  });

  it('tell other machines in one word whether the process can work', async () => {
    const { get, problems } = await setup();
    problems.push('Redis at redis.internal does not answer.');

    const replies = await Promise.all(
      ['10.1.2.3', '::ffff:10.1.2.3', '::ffff:127.0.0.1'].map((remoteAddress) => get('/readyz', { remoteAddress })),
    );

    expect(replies.map(({ body }) => body)).toEqual([
      'unready\n',
      'unready\n',
      'unready\nRedis at redis.internal does not answer.\n',
    ]);
  });

  it('serve metrics as Prometheus reads them, and not to pages of other sites', async () => {
    const { get } = await setup();

    const { statusCode, headers, body } = await get('/metrics');
    const foreign = await get('/metrics', { headers: { host: 'evil.example' } });

    expect([statusCode, headers['content-type']]).toEqual([200, QUIET_OBSERVATION.contentType]);
    expect(readMetrics(body).value('contrail_ready')).toBe(1);
    expect(foreign.statusCode).toBe(421);
  });

  it('carry headers that keep other pages out, whatever the answer', async () => {
    const { get, publish } = await setup();
    await publish(NAME, '[]');

    for (const url of [
      '/',
      '/healthz',
      '/objects/',
      `/objects/${NAME}`,
      '/nothing',
      '/assets/contrail.css',
      '/%',
      '/queues',
      '/queues?x=1',
      '/queues/queue/statistics?status=failed',
    ]) {
      const { headers } = await get(url);
      const policy = String(headers['content-security-policy']);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'same-origin',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'x-frame-options': 'DENY',
        'x-permitted-cross-domain-policies': 'none',
        'origin-agent-cluster': '?1',
      });
      // Contrail speaks plain HTTP: a browser would refuse to come back.
      expect(headers).not.toHaveProperty('strict-transport-security');
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).toContain("script-src 'self'");
      expect(policy.includes("'unsafe-inline'")).toBe(url.startsWith('/queues'));
    }
  });

  it.each([
    ['/assets/contrail.css', 'text/css; charset=utf-8', 'public, max-age=300', 'color-scheme'],
    ['/favicon.ico', 'image/svg+xml', 'public, max-age=86400', '<svg'],
  ])('load %s as %s, which the browser may keep', async (url, type, caching, content) => {
    const { get } = await setup();

    const { statusCode, headers, body } = await get(url);
    const again = await get(url, { headers: { host: 'localhost', 'if-none-match': String(headers.etag) } });

    expect(statusCode).toBe(200);
    expect(headers).toMatchObject({ 'content-type': type, 'cache-control': caching });
    expect(body).toContain(content);
    expect(again.statusCode).toBe(304);
  });

  it.each(['/assets/', '/assets/none.css', '/assets/../package.json', '/assets/%2e%2e%2fpackage.json', '/assets/.x'])(
    'load nothing else by %s',
    async (url) => {
      const { get } = await setup();

      const { statusCode, body } = await get(url);

      expect(statusCode).toBeGreaterThanOrEqual(400);
      expect(body).not.toContain('contrail.js');
    },
  );

  it('refuse foreign hosts and foreign pages, at every route', async () => {
    const { get } = await setup();

    for (const url of ['/', '/objects/', '/queues', '/queues/api/queues', '/nothing']) {
      expect((await get(url, { headers: { host: 'example.org' } })).statusCode).toBe(421);
    }
    const headers = { host: 'localhost:8080', origin: 'http://example.org' };
    for (const url of [
      '/queues/api/queues/statistics/pause',
      '/queues/api/queues/statistics/clean/completed',
      '/nothing',
    ]) {
      expect((await get(url, { method: 'PUT', headers })).statusCode).toBe(403);
    }
  });

  it('refuse a request with two hosts, or none', async () => {
    const statusLine = async (...hosts: string[]) => {
      const { raw } = await setup();
      const lines = hosts.map((host) => `Host: ${host}\r\n`).join('');
      const answer = await raw((socket) => socket.write(`GET / HTTP/1.1\r\n${lines}Connection: close\r\n\r\n`));
      return answer.split('\r\n', 1)[0];
    };

    expect(await statusLine('localhost')).toBe('HTTP/1.1 200 OK');
    expect(await statusLine('localhost', 'example.org')).toMatch(/^HTTP\/1\.1 4/);
    expect(await statusLine()).toBe('HTTP/1.1 400 Bad Request');
  });

  it.each([
    ['http://localhost:8080/', 200],
    ['http://127.0.0.2/healthz', 200],
    ['http://example.org/', 421],
    ['http://example.org/queues', 421],
    ['http://localhost@example.org/', 421],
    ['http://example.org\\@localhost/', 400],
    ['https://localhost/', 421],
    ['file:///etc/passwd', 421],
    ['queues', 400],
  ])('answer the absolute address %s with %i', async (target, status) => {
    const { raw } = await setup();

    const answer = await raw((socket) =>
      socket.write(`GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`),
    );

    expect(answer.split(' ')[1]).toBe(String(status));
  });

  it.each([
    ['nothing at all', ''],
    ['headers that do not end', 'GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: a'],
    [
      'a body that does not end',
      'PUT /queues/api/queues/pause HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{',
    ],
  ])('close a connection that brings %s', async (_, bytes) => {
    const { raw } = await setup({ timeLimits: { headersMs: 100, requestMs: 200 } });

    const answer = await raw((socket) => socket.write(bytes));

    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(answer).toContain("content-security-policy: default-src 'none'");
  });

  it('refuse a body above 64 KiB', async () => {
    const { get } = await setup();
    const payload = JSON.stringify({ name: 'x', data: 'x'.repeat(64 * 1024) });
    const headers = { host: 'localhost', 'content-type': 'application/json' };

    const { statusCode } = await get('/queues/api/queues/statistics/add', { method: 'POST', headers, payload });

    expect(statusCode).toBe(413);
  });

  it('give up an answer that does not come', async () => {
    const { get, store } = await setup({ timeLimits: { answerMs: 50 } });
    store.list = () => new Promise(() => {});

    expect((await get('/objects/')).statusCode).toBe(503);
  });

  it('say so where there is no such page', async () => {
    const { get } = await setup();

    const { statusCode, body } = await get('/nothing"><script>');

    expect(statusCode).toBe(404);
    expect(body).toContain('Page not found');
    expect(body).not.toContain('<script>');
  });

  it('that fail say so without telling why; the log has it', async () => {
    const { get, store, log } = await setup();
    store.list = () => Promise.reject(new Error('s3cret path'));

    const { statusCode, body } = await get('/objects/');

    expect(statusCode).toBe(500);
    expect(body).toContain('the log has it as request');
    expect(body).not.toContain('s3cret');
    expect(log.lines).toEqual([
      expect.objectContaining({
        level: 'error',
        text: 'a page failed',
        fields: expect.objectContaining({ url: '/objects/' }),
      }),
    ]);
  });

  it('are not for addresses that cannot be listened on', async () => {
    const { app } = await setup();
    const other = await setup();
    const url = new URL(await listen(app, { host: '127.0.0.1', port: 0 }));

    await expect(listen(other.app, { host: '127.0.0.1', port: Number(url.port) })).rejects.toMatchObject({
      code: 'PORT_UNUSABLE',
      message: expect.stringContaining('EADDRINUSE'),
    });
  });
});

describe('published objects', () => {
  it('are listed with rows, bytes and time, and linked', async () => {
    const { get, publish } = await setup();
    await publish(NAME, '[{}]', { [METADATA.rows]: '2520' });

    const { body } = await get('/objects/');

    expect(body).toContain('<h1>1 object is published</h1>');
    expect(body).toContain(`<a href="/objects/${NAME}">${NAME}</a>`);
    for (const text of ['>2,520<', '>4<', '2026-01-15 12:00:00']) expect(body).toContain(text);
  });

  it('are listed of one experiment, also where it has none', async () => {
    const { get, publish } = await setup();
    for (const name of [NAME, 'metadata/metadata_my_slug.json', 'errors/errors_my_slug_2.json'])
      await publish(name, '[]');

    const some = await get('/objects/?experiment=my-slug');
    const none = await get('/objects/?experiment=%22%3E%3Cscript%3E');

    expect(some.body).toContain('<h1>2 objects are published of my-slug</h1>');
    expect(some.body).not.toContain('my_slug_2');
    expect([none.statusCode, none.body]).toEqual([200, expect.stringContaining('0 objects are published of &#34;')]);
  });

  it('are shown as they are', async () => {
    const { get, publish } = await setup();
    await publish(NAME, '[{"a":"é<script>"}]');

    const { statusCode, headers, body } = await get(`/objects/${NAME}`);

    expect([statusCode, headers['content-type'], body]).toEqual([
      200,
      expect.stringMatching(/^application\/json/),
      '[{"a":"é<script>"}]',
    ]);
  });

  it('have links that lead to them, whatever is in their names', async () => {
    const { get, publish } = await setup();
    await publish(ODD_NAME, '"odd"');
    const { body } = await get('/objects/');

    const href = /href="(\/objects\/errors[^"]*)"/.exec(body)?.[1] ?? '';

    expect(body).not.toContain('<script>');
    expect((await get(href)).body).toBe('"odd"');
  });

  it.each([
    'statistics/none.json',
    'statistics/',
    'statistics',
    'other/x.json',
    '.contrail/x',
    'statistics/../other/x.json',
    'statistics/%2e%2e/other/x.json',
    'statistics/..%2fother/x.json',
    'statistics/%00',
    'statistics//x',
    `statistics/${'x'.repeat(300)}`,
    'statistics/%3Cscript%3E',
  ])('are not found at %s', async (path) => {
    const { get, publish } = await setup();
    await publish('other/x.json', 'not to be seen');

    const { statusCode, body } = await get(`/objects/${path}`);

    expect(statusCode).toBe(404);
    expect(body).not.toMatch(/not to be seen|<script>/);
  });

  it('are not found under an address that is none', async () => {
    const { get } = await setup();

    expect((await get('/objects/statistics/%ZZ')).statusCode).toBe(400);
  });
});

describe('Bull Board', () => {
  it('answers at /queues, without asking another company’s server', async () => {
    const { get } = await setup();

    const { statusCode, headers, body } = await get('/queues');

    expect([statusCode, headers['content-type']]).toEqual([200, expect.stringMatching(/^text\/html/)]);
    expect(body).toContain('Contrail');
    expect(body).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
  });

  it('serves what its page needs', async () => {
    const { get } = await setup();
    const { body } = await get('/queues');
    const paths = [...body.matchAll(/(?:src|href)="\/?((?:queues\/)?static\/[^"]+)"/g)].map((match) => match[1] ?? '');

    const replies = await Promise.all(
      paths.map((path) => get(`/${path.startsWith('queues/') ? path : `queues/${path}`}`)),
    );

    expect(paths.length).toBeGreaterThan(1);
    expect(replies.map((reply) => reply.statusCode)).toEqual(paths.map(() => 200));
  });

  it('knows every kind of job and the jobs in it, each with a link to its object', async () => {
    const { get, enqueue } = await setup();
    await enqueue('x.weekly.1');
    await enqueue('broken.weekly.1', { nonsense: true });

    const { queues } = (await get('/queues/api/queues?activeQueue=statistics&page=1&jobsPerPage=10')).json<{
      queues: { name: string; jobs: { id: string; externalUrl?: { href: string } }[] }[];
    }>();

    expect(queues.map((queue) => queue.name)).toEqual(JOB_KINDS.map((kind) => kind.queue));
    const jobs = queues.find((queue) => queue.name === 'statistics')?.jobs ?? [];
    const links = Object.fromEntries(jobs.map((job) => [job.id, job.externalUrl?.href]));
    expect(links).toEqual({
      'x.weekly.1': '/objects/?experiment=%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E',
      'broken.weekly.1': '/objects/',
    });
  });
});

describe('a request to Bull Board', () => {
  const statistics = '/queues/api/queues?activeQueue=statistics';

  it('gets a page of a hundred jobs at most, however many it asks for', async () => {
    const { get, queue } = await setup();
    const jobs = Array.from({ length: 150 }, (_, index) => ({ id: `x${index}.weekly.1`, name: 'x', payload: JOB }));
    await queue.enqueue(STATISTICS_JOB.queue, jobs, never);

    for (const query of [
      'jobsPerPage=1000000',
      'jobsPerPage=1000000&status=waiting',
      `jobsPerPage=${'9'.repeat(400)}`,
    ]) {
      const { queues } = (await get(`${statistics}&${query}`)).json<{ queues: { name: string; jobs: unknown[] }[] }>();
      expect(queues.find(({ name }) => name === 'statistics')?.jobs).toHaveLength(100);
    }
  });

  it.each(['page=-1', 'page=x', 'page=1&page=2', 'jobsPerPage=0', 'status=odd', 'activeQueue=%25'])(
    'with the parameters %s is refused',
    async (query) => {
      const { get } = await setup();

      const { statusCode, body } = await get(`/queues/api/queues?${query}`);

      expect([statusCode, body]).toEqual([400, expect.stringContaining('"error":{"key":"ERRORS.INVALID')]);
    },
  );

  it('of a foreign page is refused before any job is read', async () => {
    const { get } = await setup();
    const headers = { host: 'localhost:8080', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' };

    expect((await get(`${statistics}&jobsPerPage=1000000`, { headers })).statusCode).toBe(403);
  });

  it.each(['meta', 'wait', 'events', 'id', 'x.weekly.1%3Alogs', 'none', '%00', '%F0%9F%92%A9', 'x'.repeat(900)])(
    'for the job %s, which is none, finds nothing',
    async (id) => {
      const { get, enqueue } = await setup();
      await enqueue('x.weekly.1');

      const jobs = '/queues/api/queues/statistics';
      expect((await get(`${jobs}/${id}`)).statusCode).toBe(404);
      expect((await get(`${jobs}/${id}/retry`, { method: 'PUT' })).statusCode).toBe(404);
      expect((await get(`${jobs}/${id}/clean`, { method: 'PUT' })).statusCode).toBe(404);
    },
  );

  it.each([
    ['PUT', 'clean/x.weekly.1', {}],
    ['PUT', 'clean/meta', {}],
    ['PUT', 'retry/odd', {}],
    ['POST', 'add', { options: { priority: 0.5 } }],
    ['POST', 'add', { options: { priority: 1e9 } }],
    ['POST', 'add', { options: { jobId: 7 } }],
    ['POST', 'add', { options: { jobId: 'x:y' } }],
    ['POST', 'add', { options: { debounce: null } }],
  ] as const)('%s %s with %j, which BullMQ would stumble over, is refused', async (method, path, payload) => {
    const { get, enqueue, log } = await setup();
    await enqueue('x.weekly.1');
    const headers = { host: 'localhost' };

    const { statusCode } = await get(`/queues/api/queues/statistics/${path}`, { method, headers, payload });

    expect(statusCode).toBe(400);
    expect(problemsOf(log)).toEqual([]);
  });

  it('for what the state of a job does not allow is refused without blame', async () => {
    const { get, enqueue, log } = await setup();
    await enqueue('x.weekly.1');

    const { statusCode } = await get('/queues/api/queues/statistics/x.weekly.1/promote', { method: 'PUT' });

    expect([statusCode, problemsOf(log)]).toEqual([409, []]);
  });

  it('that fails says so without telling why; the log has it', async () => {
    const { get, log, connection } = await setup();
    await get(statistics);
    connection.disconnect();

    const { statusCode, body } = await get(statistics);

    expect(statusCode).toBe(500);
    expect(body).toMatch(/the log has it as request/);
    expect(body).not.toMatch(/Connection is closed|stack|node_modules/);
    expect(problemsOf(log)).toEqual([expect.objectContaining({ level: 'error', text: 'a page failed' })]);
  });
});
