import Fastify from 'fastify';
import { describe, expect, it } from 'vitest';
import { guardRequests, isLoopbackAddress } from '../../../src/web/request-guard.ts';

async function statusOf(request: {
  method?: 'GET' | 'HEAD' | 'OPTIONS' | 'POST' | 'PUT' | 'DELETE';
  headers: Record<string, string>;
}) {
  const app = Fastify();
  guardRequests(app);
  app.all('/', async () => 'done');
  const { statusCode } = await app.inject({ url: '/', method: request.method ?? 'GET', headers: request.headers });
  await app.close();
  return statusCode;
}

describe('a request', () => {
  it.each([
    'localhost',
    'localhost:8080',
    'LOCALHOST:1',
    '127.0.0.1:8080',
    '[::1]:8080',
    '[::1]',
    '127.0.0.1',
    '127.0.0.2',
    '127.255.1.9:8080',
  ])('to the loopback host %s is answered', async (host) => {
    expect(await statusOf({ headers: { host } })).toBe(200);
  });

  it.each([
    'example.org',
    'localhost.example.org',
    'example.org:8080',
    '127.0.0.1.example.org',
    '127.0.0.1:8080@example.org',
    '192.168.0.1:8080',
    'localhost:999999',
    '0.0.0.0',
    '::1',
    '[::1',
    '[::2]',
    '[localhost]',
    '127.0.0.256',
    '127.1',
    '128.0.0.1',
    'localhost:',
    'localhost:80:80',
    'user@localhost',
    'localhost/',
    'localhost, example.org',
  ])('to the host %j is refused', async (host) => {
    expect(await statusOf({ headers: { host } })).toBe(421);
  });

  it.each<[number, Record<string, string>]>([
    [200, {}],
    [200, { origin: 'http://localhost:8080' }],
    [200, { 'sec-fetch-site': 'same-origin' }],
    [200, { 'sec-fetch-site': 'none' }],
    [403, { origin: 'http://localhost:9090' }],
    [403, { origin: 'https://localhost:8080' }],
    [403, { origin: 'http://example.org' }],
    [403, { origin: 'null' }],
    [403, { 'sec-fetch-site': 'cross-site' }],
    [403, { 'sec-fetch-site': 'same-site' }],
    [403, { 'sec-fetch-site': 'cross-site', origin: 'http://localhost:8080' }],
  ])('that would change something is answered with %i where it has %j', async (status, headers) => {
    for (const method of ['POST', 'PUT', 'DELETE'] as const) {
      expect(await statusOf({ method, headers: { host: 'localhost:8080', ...headers } })).toBe(status);
    }
  });

  it.each<[number, Record<string, string>]>([
    [200, {}],
    [200, { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' }],
    [200, { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }],
    [200, { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }],
    [200, { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }],
    [200, { origin: 'http://localhost:8080' }],
    [403, { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }],
    [403, { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'script' }],
    [403, { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' }],
    [403, { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' }],
    [403, { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' }],
    [403, { 'sec-fetch-site': 'cross-site' }],
    [403, { 'sec-fetch-site': 'anything' }],
    [403, { origin: 'http://example.org' }],
    [403, { origin: 'null' }],
  ])('that changes nothing is answered with %i where it has %j', async (status, headers) => {
    for (const method of ['GET', 'HEAD'] as const) {
      expect(await statusOf({ method, headers: { host: 'localhost:8080', ...headers } })).toBe(status);
    }
  });

  it('of a foreign page that asks what it may do is refused', async () => {
    const headers = { host: 'localhost:8080', origin: 'http://example.org', 'access-control-request-method': 'PUT' };

    expect(await statusOf({ method: 'OPTIONS', headers })).toBe(403);
  });
});

describe('an address to listen on', () => {
  it.each(['127.0.0.1', '127.8.9.10', '::1', 'localhost'])('%s is loopback, and may be', (host) => {
    expect(isLoopbackAddress(host)).toBe(true);
  });

  it.each(['0.0.0.0', '::', '192.168.0.1', 'example.org', '127.0.0.1.example.org', '', '127.1'])(
    '%j is not loopback',
    (host) => {
      expect(isLoopbackAddress(host)).toBe(false);
    },
  );
});

describe('a request to pages that other machines reach', () => {
  const HOSTS = ['contrail.example.org', '2001:db8::7'];
  const statusFrom = async (remoteAddress: string, headers: Record<string, string>, url = '/') => {
    const app = Fastify();
    guardRequests(app, HOSTS);
    app.all('/', async () => 'done');
    app.get('/healthz', { config: { access: 'public' } }, async () => 'ok');
    const { statusCode } = await app.inject({ url, headers, remoteAddress });
    await app.close();
    return statusCode;
  };

  it.each([
    [200, '192.0.2.7', 'contrail.example.org'],
    [200, '192.0.2.7', 'CONTRAIL.example.org:8443'],
    [200, '192.0.2.7', '[2001:DB8::7]:8080'],
    [421, '192.0.2.7', 'evil.example'],
    [421, '192.0.2.7', '192.0.2.1:8080'],
    [421, '192.0.2.7', 'localhost:8080'],
    [421, '192.0.2.7', ''],
    [200, '127.0.0.1', 'localhost:8080'],
    [200, '::ffff:127.0.0.1', '127.0.0.1:8080'],
    [421, '127.0.0.1', 'evil.example'],
  ])('is answered with %i from %s for the host %j', async (status, from, host) => {
    expect(await statusFrom(from, { host })).toBe(status);
  });

  it('of a probe, by any number, is answered on public routes alone', async () => {
    expect(await statusFrom('10.0.0.3', { host: '10.1.2.3:8080' }, '/healthz')).toBe(200);
  });

  it.each([
    [200, 'https://contrail.example.org'],
    [200, 'http://contrail.example.org'],
    [403, 'https://contrail.example.org:444'],
    [403, 'https://evil.example'],
  ])('is answered with %i from the origin %s', async (status, origin) => {
    expect(await statusFrom('192.0.2.7', { host: 'contrail.example.org', origin })).toBe(status);
  });
});
