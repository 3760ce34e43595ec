import { once } from 'node:events';
import { createServer, request } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ProxyAgent, usesProxy } from '../../../../src/adapters/gcs/proxy-agent.ts';
import { startConnectProxy } from '../../../support/connect-proxy.ts';
import { TEST_CERTIFICATE, TEST_HOST, TEST_KEY } from '../../../support/test-certificate.ts';

/** A server that is encrypted, and a proxy that leads to it. */
async function setup(user = '') {
  const server = createServer({ key: TEST_KEY, cert: TEST_CERTIFICATE }, (_, response) => response.end('hello'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  const proxy = await startConnectProxy({ toPort: address.port });
  proxy.url.username = user;
  const agent = new ProxyAgent(proxy.url, { stallMs: 5_000, ca: TEST_CERTIFICATE });
  onTestFinished(async () => {
    agent.destroy();
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  });
  return { proxy, agent };
}

async function get(agent: ProxyAgent): Promise<string> {
  const asked = request(`https://${TEST_HOST}/`, { agent }).end();
  const [reply]: IncomingMessage[] = await once(asked, 'response');
  return reply === undefined ? '' : text(reply);
}

describe('a connection through a proxy', () => {
  it('is encrypted from end to end, and is used again', async () => {
    const { proxy, agent } = await setup();

    const answers = [await get(agent), await get(agent)];

    expect(answers).toEqual(['hello', 'hello']);
    expect(proxy.asked).toEqual([{ target: `${TEST_HOST}:443`, authorization: undefined }]);
  });

  it.each([
    ['a%40b', 'a@b'],
    ['100%', '100%'],
    ['%E0%A4%A', '%E0%A4%A'],
  ])('tells the proxy who we are, where its address says so: %s', async (user, name) => {
    const { proxy, agent } = await setup(user);

    await get(agent);

    expect(proxy.asked[0]?.authorization).toBe(`Basic ${Buffer.from(`${name}:`).toString('base64')}`);
  });

  it('is refused where the service is not who it should be', async () => {
    const { proxy } = await setup();
    const agent = new ProxyAgent(proxy.url, { stallMs: 5_000 });

    await expect(get(agent)).rejects.toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
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
});
