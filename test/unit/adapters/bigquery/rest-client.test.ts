import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Server } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect, it, onTestFinished } from 'vitest';
import { RestClient, type RestClientOptions, type RestRequest } from '../../../../src/adapters/bigquery/rest-client.ts';
import { UsageMeter } from '../../../../src/adapters/bigquery/usage-meter.ts';
import { translate } from '../../../../src/adapters/bigquery/vendor-errors.ts';
import { type ProxyManner, startConnectProxy } from '../../../support/connect-proxy.ts';
import { httpClient } from '../../../support/http-client.ts';
import { TEST_CERTIFICATE, TEST_HOST, TEST_KEY } from '../../../support/test-certificate.ts';
import { token, useTokenService } from '../../../support/token-service.ts';

const ACT = { doing: 'Reading p.d.t', subject: 'p.d.t', permission: 'bigquery.tables.getData' };

/** Serves on a free port until the test ends; gives the port. */
async function serve(server: Server & { closeAllConnections(): void }): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return address.port;
}

function asking(options: Partial<RestClientOptions>, request: Partial<RestRequest> = {}) {
  const meter = new UsageMeter();
  const client = new RestClient({ project: 'p', http: httpClient(), ...options });
  const { signal } = new AbortController();
  const reply = client.request({ method: 'GET', path: '/jobs', isRepeatable: true, meter, signal, ...request });
  return { meter, reply };
}

/** A client of the real service's kind, behind a proxy. */
async function behindProxy(manner: ProxyManner) {
  await useTokenService(200, [token('one')]);
  const proxy = await startConnectProxy(manner);
  const http = httpClient({ proxy: { url: proxy.url, exceptFor: [] }, ca: TEST_CERTIFICATE });
  return { proxy, ...asking({ http, apiEndpoint: `https://${TEST_HOST}` }) };
}

it('goes through the proxy, which does not see its token', async () => {
  const authorizations: (string | undefined)[] = [];
  const listener: RequestListener = (request, response) => {
    authorizations.push(request.headers.authorization);
    response.end('{"jobs": []}');
  };
  const port = await serve(createSecureServer({ key: TEST_KEY, cert: TEST_CERTIFICATE }, listener));

  const { proxy, reply } = await behindProxy({ toPort: port });

  expect(await reply).toEqual({ jobs: [] });
  expect(authorizations).toEqual(['Bearer one']);
  expect(proxy.asked).toEqual([{ target: `${TEST_HOST}:443`, authorization: undefined }]);
});

it('takes the refusal of a proxy for a service that cannot be reached', async () => {
  const { proxy, reply } = await behindProxy({ refuse: '403 Forbidden' });

  const error: unknown = await reply.catch((thrown: unknown) => thrown);

  expect(translate(ACT, error)).toMatchObject({
    code: 'SERVICE_UNAVAILABLE',
    message: `Reading p.d.t failed: the proxy ${proxy.url.host} refuses the way to ${TEST_HOST}: 403 Forbidden`,
  });
  expect(proxy.asked).toHaveLength(3);
});

it.each([
  [true, 3],
  [false, 1],
])('asks a service that has trouble again where that does no harm: %s', async (isRepeatable, times) => {
  const port = await serve(createServer((_, response) => response.writeHead(503).end('{}')));

  const { meter, reply } = asking({ apiEndpoint: `http://127.0.0.1:${port}` }, { isRepeatable });

  await expect(reply).rejects.toMatchObject({ name: 'ServiceRefusal', status: 503 });
  expect(meter.requests).toBe(times);
});

it('asks for compressed replies, and counts them as they are unpacked', async () => {
  const asked: (string | undefined)[] = [];
  const text = JSON.stringify({ rows: Array.from({ length: 1_000 }, () => 'much the same') });
  const port = await serve(
    createServer(({ headers }, response) => {
      asked.push(headers['accept-encoding'], headers['user-agent'], headers.authorization);
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(text));
    }),
  );

  const { meter, reply } = asking({ apiEndpoint: `http://127.0.0.1:${port}` });

  expect(await reply).toEqual(JSON.parse(text));
  expect(meter).toMatchObject({ requests: 1, bytesRead: text.length });
  expect(asked).toEqual(['gzip', expect.stringMatching(/^contrail\/.* \(gzip\)$/), undefined]);
});

it.each([
  ['a mistake in the query, from an emulator', 'failed to analyze: Table not found', 'QUERY_FAILED', 1],
  [
    'transient, from the service',
    'An internal error occurred during the execution of the job.',
    'SERVICE_UNAVAILABLE',
    3,
  ],
])('takes jobInternalError for %s', async (_, message, code, requests) => {
  const error = { code: 400, message, errors: [{ reason: 'jobInternalError', message }] };
  const port = await serve(createServer((__, response) => response.writeHead(400).end(JSON.stringify({ error }))));

  const { meter, reply } = asking({ apiEndpoint: `http://127.0.0.1:${port}` });

  const thrown: unknown = await reply.catch((failure: unknown) => failure);
  expect(translate(ACT, thrown).code).toBe(code);
  expect(meter.requests).toBe(requests);
});
