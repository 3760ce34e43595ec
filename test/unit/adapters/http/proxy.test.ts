import { getEventListeners, once } from 'node:events';
import { createServer } from 'node:https';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { HttpClient, HttpClientOptions } from '../../../../src/adapters/http/http-client.ts';
import { usesProxy } from '../../../../src/adapters/http/proxy.ts';
import { type ProxyManner, startConnectProxy } from '../../../support/connect-proxy.ts';
import { httpClient } from '../../../support/http-client.ts';
import { TEST_CERTIFICATE, TEST_HOST, TEST_KEY } from '../../../support/test-certificate.ts';

const never = new AbortController().signal;
const ADDRESS = `https://${TEST_HOST}/storage/v1`;

/** A server that is encrypted, and a proxy that leads to it. */
async function setup(user = '', options: Partial<HttpClientOptions> = { ca: TEST_CERTIFICATE }) {
  const server = createServer({ key: TEST_KEY, cert: TEST_CERTIFICATE }, (_, response) => response.end('hello'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  const proxy = await startConnectProxy({ toPort: address.port });
  proxy.url.username = user;
  return { proxy, client: httpClient({ proxy: { url: proxy.url, exceptFor: [] }, ...options }) };
}

/** A proxy that does not do what it should; the service is never reached. */
async function troubled(manner: ProxyManner, connectMs = 5_000) {
  const proxy = await startConnectProxy(manner);
  return { proxy, client: httpClient({ proxy: { url: proxy.url, exceptFor: [] }, connectMs }) };
}

function get(client: HttpClient, signal = never, url = ADDRESS): Promise<string> {
  return client.request({ service: 'test', method: 'GET', url: new URL(url), signal }, (reply) => reply.text());
}

describe('a connection through a proxy', () => {
  it('is encrypted from end to end, and is used again', async () => {
    const { proxy, client } = await setup();

    const answers = [await get(client), await get(client)];

    expect(answers).toEqual(['hello', 'hello']);
    expect(proxy.asked).toEqual([{ target: `${TEST_HOST}:443`, authorization: undefined }]);
  });

  it.each([
    ['a%40b', 'a@b'],
    ['100%', '100%'],
    ['%E0%A4%A', '%E0%A4%A'],
  ])('tells the proxy who we are, where its address says so: %s', async (user, name) => {
    const { proxy, client } = await setup(user);

    await get(client);

    expect(proxy.asked[0]?.authorization).toBe(`Basic ${Buffer.from(`${name}:`).toString('base64')}`);
  });

  it('is refused where the service is not who it should be', async () => {
    const { client } = await setup('', {});

    await expect(get(client)).rejects.toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
  });

  it('is asked for by the address of the service, of version 6 too', async () => {
    const { proxy, client } = await troubled({ refuse: '403 Forbidden' });

    await expect(get(client, never, 'https://[::1]:8443/')).rejects.toThrow('403 Forbidden');

    expect(proxy.asked.map(({ target }) => target)).toEqual(['[::1]:8443']);
  });
});

describe('the proxy', () => {
  it.each([
    ['storage.googleapis.com', [], true],
    ['storage.googleapis.com', ['example.org', 'localhost'], true],
    ['storage.googleapis.com', ['storage.googleapis.com'], false],
    ['storage.googleapis.com', ['googleapis.com'], false],
    ['storage.googleapis.com', ['.GoogleAPIs.com'], false],
    ['storage.googleapis.com', ['*.googleapis.com'], false],
    ['storage.googleapis.com', ['pis.com'], true],
    ['storage.googleapis.com', ['*'], false],
    ['storage.googleapis.com', ['googleapis.com:443'], false],
    ['storage.googleapis.com', ['googleapis.com:8443'], true],
    ['localhost:4443', ['localhost:4443'], false],
    ['localhost:4443', ['localhost:443'], true],
  ])('of a request to %s with the exceptions %j: %s', (host, exceptFor, expected) => {
    const url = new URL('http://127.0.0.1:3128');

    expect(usesProxy(new URL(`https://${host}/storage/v1`), { url, exceptFor })).toBe(expected);
  });

  it('is not asked the way to plain addresses, such as an emulator', () => {
    const url = new URL('http://127.0.0.1:3128');

    expect(usesProxy(new URL('http://storage.googleapis.com/'), { url, exceptFor: [] })).toBe(false);
  });

  it('is not taken for the service when it refuses', async () => {
    const { proxy, client } = await troubled({ refuse: '403 Forbidden' });

    await expect(get(client)).rejects.toThrow(
      `the proxy ${proxy.url.host} refuses the way to ${TEST_HOST}: 403 Forbidden`,
    );
  });

  it('is given up when it says nothing', async () => {
    const { proxy, client } = await troubled('silent', 50);

    await expect(get(client)).rejects.toThrow(`the proxy ${proxy.url.host} cannot be used: it said nothing for 50 ms`);
  });

  it('is named when it is not there, without its password', async () => {
    const url = new URL('http://me:s3cret@127.0.0.1:1');
    const client = httpClient({ proxy: { url, exceptFor: [] } });

    await expect(get(client)).rejects.toThrow(
      /^the proxy 127\.0\.0\.1:1 cannot be used: connect ECONNREFUSED 127\.0\.0\.1:1$/,
    );
  });

  it('keeps nobody waiting who stops while it says nothing', async () => {
    const { proxy, client } = await troubled('silent');
    const stop = new AbortController();
    const reply = get(client, stop.signal);
    await expect.poll(() => proxy.asked.length).toBe(1);

    stop.abort(new Error('stop'));

    await expect(reply).rejects.toThrow('stop');
    expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
  });
});
