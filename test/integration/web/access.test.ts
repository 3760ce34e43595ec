/** Who may do what on the pages: every route, with each kind of credentials and without. */
import type { FastifyInstance, InjectOptions, RouteOptions } from 'fastify';
import { beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '../../../src/domain/secret.ts';
import { JOB_KINDS } from '../../../src/jobs/job-kinds.ts';
import { STATISTICS_JOB } from '../../../src/jobs/statistics-job.ts';
import { Access, type AccessRules } from '../../../src/web/access/access.ts';
import { guardAccess } from '../../../src/web/access/guard-access.ts';
import { hashPassword } from '../../../src/web/access/password-hash.ts';
import { readProxies } from '../../../src/web/access/proxies.ts';
import { readUsers } from '../../../src/web/access/users.ts';
import { recordedLog } from '../../support/recorded-log.ts';
import { webApp } from '../../support/web-app.ts';
import Fastify from 'fastify';

const never = new AbortController().signal;
const HOST = 'contrail.example.org';
const READER = { authorization: 'Bearer reader-token-of-24-characters' };
const OPERATOR = { authorization: 'Bearer operator-token-of-24-characters' };
const PASSWORD = 'correct horse battery';
const PROXY = '10.8.0.1';
const SAFE = new Set(['GET', 'HEAD']);
type Method = NonNullable<InjectOptions['method']>;
const METHODS: readonly Method[] = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'];

let users: AccessRules['users'] = [];
beforeAll(async () => {
  const read = readUsers(`alice:operator:${await hashPassword(PASSWORD)},bob:reader:${await hashPassword(PASSWORD)}`);
  if ('problem' in read) throw new Error(read.problem);
  users = read;
});

const basic = (name: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`,
});

async function setup() {
  const isProxy = readProxies([PROXY]);
  if (isProxy === undefined) throw new Error('no proxies');
  const access = new Access({
    users,
    tokens: [
      { role: 'reader', token: new Secret('reader-token-of-24-characters') },
      { role: 'operator', token: new Secret('operator-token-of-24-characters') },
    ],
    identity: { header: 'x-user', isProxy, isOperator: (name) => name === 'olga' },
  });
  const { app, queue, log } = await webApp({ door: { access, hosts: [HOST], hasTls: true } });
  const ask = (options: InjectOptions) =>
    app.inject({ remoteAddress: '192.0.2.7', ...options, headers: { host: HOST, ...options.headers } });
  await app.ready();
  return { app, queue, log, ask };
}

/** Every route with each of its methods, its parameters filled in. */
function requestsTo(app: FastifyInstance): { method: Method; url: string; route: RouteOptions }[] {
  return app.routeTable.flatMap((route) => {
    const url = route.url
      .replaceAll(/:queueName/g, 'statistics')
      .replaceAll(/:\w+/g, 'x')
      .replaceAll('*', 'x');
    return METHODS.filter((method) => [route.method].flat().includes(method)).map((method) => ({ method, url, route }));
  });
}

const accessOf = ({ config }: RouteOptions) => config?.access;

describe('pages that other machines reach', () => {
  it('answer nobody without credentials, but for one word about health', async () => {
    const { app, ask } = await setup();
    const seen: string[] = [];

    for (const { method, url, route } of requestsTo(app)) {
      const { statusCode, body, headers } = await ask({ method, url });
      if (accessOf(route) === 'public') {
        expect([statusCode, body.trim().split(/\s+/).length]).toEqual([200, 1]);
        seen.push(url);
      } else {
        expect([method, url, statusCode, body]).toEqual([
          method,
          url,
          401,
          method === 'HEAD' ? '' : 'Log in to see this.\n',
        ]);
        expect(headers['www-authenticate']).toEqual([
          'Basic realm="Contrail", charset="UTF-8"',
          'Bearer realm="Contrail"',
        ]);
        expect(headers).toMatchObject({ 'strict-transport-security': expect.stringContaining('max-age=31536000') });
      }
    }
    expect([...new Set(seen)].sort()).toEqual(['/healthz', '/readyz']);
    expect(app.routeTable.length).toBeGreaterThan(40);
    const urls = app.routeTable.map(({ url }) => url);
    expect(urls).toEqual(
      expect.arrayContaining([
        '/',
        '/runs',
        '/errors',
        '/enrollments',
        '/alerts',
        '/experiments/:slug',
        '/api/v1/alerts',
      ]),
    );
  });

  it.each([
    '//queues',
    '/%71ueues',
    '/queues/..;/',
    '/QUEUES',
    '/queues/../metrics',
    '/queues;x',
    '/healthz/../metrics',
    '/nothing',
    '/healthz/',
    '/assets/../package.json',
  ])('ask for credentials at %s too', async (url) => {
    const { ask } = await setup();

    for (const method of METHODS) expect((await ask({ method, url })).statusCode, method).toBe(401);
  });

  it('take no other URL or method from a header', async () => {
    const { ask } = await setup();
    const headers = { 'x-original-url': '/healthz', 'x-rewrite-url': '/healthz', 'x-http-method-override': 'GET' };

    expect((await ask({ url: '/queues', headers })).statusCode).toBe(401);
    const forged = { ...READER, 'x-http-method-override': 'GET' };
    expect((await ask({ method: 'PUT', url: '/queues/api/queues/statistics/pause', headers: forged })).statusCode).toBe(
      403,
    );
  });

  it('let readers look, and change nothing', async () => {
    const { app, ask, queue } = await setup();
    await queue.enqueue(STATISTICS_JOB.queue, [{ id: 'a.weekly.1', name: 'a', payload: {} }], never);

    for (const { method, url, route } of requestsTo(app)) {
      const { statusCode, body } = await ask({ method, url, headers: READER });
      const isSafe = SAFE.has(method);
      if (accessOf(route) === 'operator' || !isSafe) expect([method, url, statusCode]).toEqual([method, url, 403]);
      else expect([statusCode, body], `${method} ${url}`).not.toEqual([401, 'Log in to see this.\n']);
    }
    expect(await queue.counts(STATISTICS_JOB.queue)).toMatchObject({ waiting: 1 });
    expect(await queue.counts(STATISTICS_JOB.queue)).toMatchObject({ isPaused: false });
  });

  it('have no route beyond the board that changes something and is not an operator’s', async () => {
    const { app } = await setup();

    const unsafe = requestsTo(app).filter(({ method }) => !SAFE.has(method) && method !== 'OPTIONS');
    expect(unsafe.length).toBeGreaterThan(15);
    expect(unsafe.filter(({ route }) => accessOf(route) !== 'operator')).toEqual([]);
  });

  it('let operators pause a queue, and log who it was', async () => {
    const { ask, queue, log } = await setup();

    const { statusCode } = await ask({
      method: 'PUT',
      url: '/queues/api/queues/statistics/pause?secret=1',
      headers: basic('alice', PASSWORD),
    });

    expect(statusCode).toBe(200);
    expect(await queue.counts(STATISTICS_JOB.queue)).toMatchObject({ isPaused: true });
    expect(log.lines.filter(({ fields }) => fields['audit'] === true)).toEqual([
      expect.objectContaining({
        fields: {
          audit: true,
          who: 'alice',
          role: 'operator',
          method: 'PUT',
          path: '/queues/api/queues/statistics/pause',
          from: '192.0.2.7',
          result: 200,
        },
      }),
    ]);
  });

  it.each([
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ])('do nothing for an operator whose browser was sent by another site: %j', async (headers) => {
    const { ask, queue, log } = await setup();

    const { statusCode } = await ask({
      method: 'PUT',
      url: '/queues/api/queues/statistics/pause',
      headers: { ...basic('alice', PASSWORD), ...headers },
    });

    expect(statusCode).toBe(403);
    expect(await queue.counts(STATISTICS_JOB.queue)).toMatchObject({ isPaused: false });
    expect(log.lines).toContainEqual(
      expect.objectContaining({ fields: expect.objectContaining({ audit: true, method: 'PUT', result: 403 }) }),
    );
  });

  it.each<[number, Record<string, string>]>([
    [200, READER],
    [200, OPERATOR],
    [200, basic('bob', PASSWORD)],
    [401, basic('bob', 'wrong')],
    [401, basic('bob', `${PASSWORD} `)],
    [401, basic('nobody', PASSWORD)],
    [401, basic('__proto__', PASSWORD)],
    [401, { authorization: 'Bearer ' }],
    [401, { authorization: 'Bearer reader-token-of-24-character' }],
    [401, { authorization: 'Bearer reader-token-of-24-characters x' }],
    [401, { authorization: 'Basic bm9jb2xvbg==' }],
    [401, { authorization: 'Digest x' }],
    [401, { authorization: '' }],
  ])('answer %i for %j', async (status, headers) => {
    const { ask } = await setup();

    expect((await ask({ url: '/metrics', headers })).statusCode).toBe(status);
  });

  it('take no more than five wrong passwords a minute, from an address or for an account', async () => {
    const { ask, log } = await setup();
    const tryOnce = (name: string, password: string, remoteAddress: string) =>
      ask({ url: '/metrics', headers: basic(name, password), remoteAddress });

    const before = await tryOnce('alice', PASSWORD, '192.0.2.20');
    const wrong = await Promise.all(
      Array.from({ length: 8 }, (_, index) => tryOnce('alice', `wrong ${index}`, `2001:db8:0:${index % 2}::${index}`)),
    );
    const elsewhere = await tryOnce('bob', PASSWORD, '192.0.2.21');
    for (let tried = 0; tried < 5; tried++) await tryOnce(`nobody${tried}`, 'wrong', '192.0.2.22');
    const sameAddress = await tryOnce('bob', 'wrong', '192.0.2.22');
    const knownBefore = await tryOnce('alice', PASSWORD, '192.0.2.20');

    expect(before.statusCode).toBe(200);
    const answered = (status: number) => wrong.filter(({ statusCode }) => statusCode === status).length;
    expect([answered(401), answered(429)]).toEqual([5, 3]);
    expect(Number(wrong.find(({ statusCode }) => statusCode === 429)?.headers['retry-after'])).toBeGreaterThan(0);
    expect([elsewhere.statusCode, sameAddress.statusCode, knownBefore.statusCode]).toEqual([200, 429, 200]);
    expect(log.lines.filter(({ fields }) => fields['result'] === 'too many')).toHaveLength(4);
    expect(JSON.stringify(log.lines)).not.toMatch(/wrong \d|correct horse/);
  });

  it.each<[number, string, Record<string, string | string[]>]>([
    [200, PROXY, { 'x-user': 'olga' }],
    [200, `::ffff:${PROXY}`, { 'X-User': 'rita' }],
    [401, '192.0.2.7', { 'x-user': 'olga' }],
    [401, '127.0.0.1', { 'x-user': 'olga' }],
    [401, PROXY, { 'x-user': '' }],
    [401, PROXY, { 'x-user': 'o'.repeat(255) }],
    [401, PROXY, { 'x-forwarded-for': PROXY, 'x-forwarded-user': 'olga' }],
    [400, PROXY, { 'x-user': ['olga', 'rita'] }],
    [400, PROXY, { 'x-user': 'rita', ...OPERATOR }],
    [400, '192.0.2.7', { 'x-user': 'olga', ...READER }],
    [401, '192.0.2.7', { 'x-forwarded-for': PROXY, 'x-user': 'olga' }],
  ])('answer %i to the peer %s with %j', async (status, remoteAddress, headers) => {
    const { app } = await setup();
    const { statusCode } = await app.inject({ url: '/metrics', remoteAddress, headers: { host: HOST, ...headers } });

    expect(statusCode).toBe(status);
  });

  it('make operators only of those whom the configuration names', async () => {
    const { ask } = await setup();
    const pause = (user: string) =>
      ask({
        method: 'PUT',
        url: '/queues/api/queues/statistics/pause',
        headers: { 'x-user': user },
        remoteAddress: PROXY,
      });

    expect((await pause('rita')).statusCode).toBe(403);
    expect((await pause('olga')).statusCode).toBe(200);
  });

  it('are on no other host', async () => {
    const { ask } = await setup();

    expect((await ask({ url: '/', headers: { ...READER, host: 'evil.example' } })).statusCode).toBe(421);
  });
});

describe('pages on a loopback address without passwords', () => {
  it('let everybody on this machine do everything, and log it', async () => {
    const { app, log } = await webApp();
    const [kind] = JOB_KINDS;
    const headers = { host: 'localhost:8080' };

    const { statusCode } = await app.inject({ method: 'PUT', url: `/queues/api/queues/${kind?.queue}/pause`, headers });

    expect(statusCode).toBe(200);
    expect(log.lines).toContainEqual(
      expect.objectContaining({ fields: expect.objectContaining({ audit: true, who: 'local', result: 200 }) }),
    );
  });

  it.each([{ origin: 'http://evil.example' }, { origin: 'null' }, { 'sec-fetch-site': 'cross-site' }])(
    'do nothing for another site: %j',
    async (headers) => {
      const { app, queue } = await webApp();

      const { statusCode } = await app.inject({
        method: 'PUT',
        url: '/queues/api/queues/statistics/pause',
        headers: { host: 'localhost:8080', ...headers },
      });

      expect(statusCode).toBe(403);
      expect(await queue.counts(STATISTICS_JOB.queue)).toMatchObject({ isPaused: false });
    },
  );
});

it('an application with a route that does not say who may use it does not start', async () => {
  const app = Fastify();
  guardAccess(app, undefined, recordedLog());
  app.get('/odd', async () => 'done');

  await expect(app.ready()).rejects.toThrow('the route /odd does not say who may use it');
});
