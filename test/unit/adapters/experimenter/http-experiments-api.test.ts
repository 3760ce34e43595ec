import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { onTestFinished, describe, expect, it } from 'vitest';
import { HttpExperimentsApi } from '../../../../src/adapters/experimenter/http-experiments-api.ts';
import { DEFAULT_LIMITS } from '../../../../src/adapters/experimenter/limits.ts';
import { WebAddress } from '../../../../src/domain/secret.ts';
import { CONTRAIL_VERSION } from '../../../../src/domain/version.ts';
import { describeExperimentsApi } from '../../../contract/experiments-api.ts';
import { httpClient } from '../../../support/http-client.ts';

const never = new AbortController().signal;
const http = httpClient();

/** Serves on a free port of this machine until the test ends; gives the address. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const answer =
  (
    status: number,
    body: string,
    headers: Record<string, string> = { 'content-type': 'application/json' },
  ): RequestListener =>
  (_request, response) => {
    response.writeHead(status, headers).end(body);
  };

const apiOf = (url: string, timeoutMs = 5_000, limits = DEFAULT_LIMITS) =>
  new HttpExperimentsApi({ address: new WebAddress(url), http, timeoutMs, retryAfterMs: 1, limits });

describeExperimentsApi('http', async (records) => apiOf(await serve(answer(200, JSON.stringify(records)))));

describe('the experiments API over HTTP', () => {
  it('is asked once, at its path, by our name', async () => {
    const requests: { url: string | undefined; headers: Record<string, unknown> }[] = [];
    const url = await serve((request, response) => {
      requests.push({ url: request.url, headers: request.headers });
      response.end('[]');
    });

    await apiOf(`${url}/some/page`).list(never);

    expect(requests).toEqual([
      {
        url: '/api/v8/experiments/',
        headers: expect.objectContaining({ accept: 'application/json', 'user-agent': `contrail/${CONTRAIL_VERSION}` }),
      },
    ]);
    expect(requests[0]?.headers).not.toHaveProperty('authorization');
  });

  it('is asked again when an answer was lost', async () => {
    let requests = 0;
    const url = await serve((request, response) => {
      requests += 1;
      if (requests === 1) request.socket.destroy();
      else response.end('[{"slug": "a"}]');
    });

    const { experiments } = await apiOf(url).list(never);

    expect([requests, experiments[0]?.slug]).toEqual([2, 'a']);
  });

  it('may redirect', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/elsewhere') response.end('[{"slug": "a"}]');
      else response.writeHead(302, { location: '/elsewhere' }).end();
    });

    expect((await apiOf(url).list(never)).experiments).toHaveLength(1);
  });

  it('may give a very long list', async () => {
    const records = Array.from({ length: 20_000 }, (_, index) => ({
      slug: `slug-${index}`,
      startDate: index % 100 === 0 ? 'soon' : null,
      description: 'x'.repeat(500),
    }));

    const { experiments, malformed } = await apiOf(await serve(answer(200, JSON.stringify(records)))).list(never);

    expect([experiments.length, malformed.length]).toEqual([19_800, 200]);
  });

  it.each<[string, RequestListener, string]>([
    ['an error', answer(500, '{"detail": "broken"}'), 'it replied with status 500'],
    ['that it is not there', answer(404, '[]'), 'it replied with status 404'],
    ['a page', answer(200, '<!doctype html>\n<p>s3cret', { 'content-type': 'text/html' }), 'its reply is not JSON'],
    ['nothing', answer(200, ''), 'its reply is not JSON'],
    ['half a list', answer(200, '[{"slug": "a"}, {"sl'), 'its reply is not JSON'],
    ['an object', answer(200, '{"results": []}'), 'its reply is not a list'],
    ['less than it announced', answer(200, '[]', { 'content-length': '100' }), 'cannot be read'],
    [
      'and breaks off',
      (_request, response) => {
        response.writeHead(200, { 'content-length': '100' }).write('[', () => response.destroy());
      },
      'cannot be read',
    ],
    ['redirects without end', answer(302, '', { location: '/again' }), 'it redirects without end'],
  ])('cannot be read when it answers %s', async (_, listener, reason) => {
    const api = apiOf(await serve(listener), 500);

    const error: unknown = await api.list(never).catch((error: unknown) => error);

    expect(error).toMatchObject({
      code: 'EXPERIMENTS_UNREADABLE',
      failureClass: 'environment',
      subject: api.url,
      message: expect.stringMatching(
        /^The experiments API http:\/\/127\.0\.0\.1:\d+\/api\/v8\/experiments\/ cannot be read: .*$/,
      ),
      hint: expect.stringContaining('CONTRAIL_EXPERIMENTER'),
    });
    expect(String(error)).toContain(reason);
    expect(String(error)).not.toContain('s3cret');
  });

  it('cannot be read when it does not answer in time', async () => {
    const api = apiOf(await serve(() => {}), 50);

    await expect(api.list(never)).rejects.toMatchObject({
      code: 'EXPERIMENTS_UNREADABLE',
      message: expect.stringMatching(/time/),
    });
  });

  it('cannot be read where nobody listens', async () => {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    await new Promise((done) => server.close(done));

    await expect(apiOf(`http://127.0.0.1:${port}`).list(never)).rejects.toMatchObject({
      code: 'EXPERIMENTS_UNREADABLE',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('is no longer waited for when the work is aborted', async () => {
    const stop = new AbortController();
    const api = apiOf(await serve(() => stop.abort(new Error('stop'))));

    await expect(api.list(stop.signal)).rejects.toThrow('stop');
  });

  it('may not redirect to another host, which might be within our own network', async () => {
    let requests = 0;
    const elsewhere = await serve((_request, response) => {
      requests += 1;
      response.end('[]');
    });
    const api = apiOf(await serve(answer(302, '', { location: `${elsewhere}/?token=s3cret` })));

    const error: unknown = await api.list(never).catch((error: unknown) => error);

    expect(error).toMatchObject({ message: expect.stringContaining('it redirects to another host, 127.0.0.1:') });
    expect(String(error)).not.toContain('s3cret');
    expect(requests).toBe(0);
  });

  it.each([
    ['plain', (body: Buffer) => body, {}],
    ['as a gzip bomb', gzipSync, { 'content-encoding': 'gzip' }],
  ])('may not be larger than the limit, %s, and is not asked again', async (_, encode, headers) => {
    let requests = 0;
    const body = encode(Buffer.alloc(3_000_000, ' '));
    const url = await serve((_request, response) => {
      requests += 1;
      response.writeHead(200, headers).end(body);
    });
    const limits = { ...DEFAULT_LIMITS, bytes: { ...DEFAULT_LIMITS.bytes, bytes: 2_000_000 } };

    await expect(apiOf(url, 5_000, limits).list(never)).rejects.toMatchObject({
      code: 'EXPERIMENTS_UNREADABLE',
      message: expect.stringContaining('is larger than 2 MB, the limit of CONTRAIL_EXPERIMENTER_MAXIMUM_BYTES'),
    });
    expect(requests).toBe(1);
  });

  it('may not hold more records than the limit', async () => {
    const url = await serve(answer(200, `[${'{},'.repeat(10)}{}]`));
    const limits = { ...DEFAULT_LIMITS, records: { ...DEFAULT_LIMITS.records, count: 10 } };

    const error = expect.objectContaining({
      message: expect.stringContaining(
        'it has more than 10 records, the limit of CONTRAIL_EXPERIMENTER_MAXIMUM_RECORDS',
      ),
    });
    await expect(apiOf(url, 5_000, limits).list(never)).rejects.toEqual(error);
    await expect(apiOf(url, 5_000, limits).fetch(never)).rejects.toEqual(error);
  });

  it('is given the query of its address, which shows nowhere', async () => {
    let asked: string | undefined;
    const url = await serve((request, response) => {
      asked = request.url;
      response.writeHead(500).end();
    });
    const api = apiOf(`${url}/?token=s3cret`);

    const error: unknown = await api.list(never).catch((error: unknown) => error);

    expect(asked).toBe('/api/v8/experiments/?token=s3cret');
    expect(inspect([api, error], { depth: 9, showHidden: true })).not.toContain('s3cret');
  });

  it('is given the user and the password of its address, which show nowhere', async () => {
    let authorization: string | undefined;
    const url = await serve((request, response) => {
      authorization = request.headers.authorization;
      response.writeHead(403).end();
    });
    const api = apiOf(url.replace('//', '//me:s3cr%40t@'));

    const error: unknown = await api.list(never).catch((error: unknown) => error);

    expect(authorization).toBe(`Basic ${Buffer.from('me:s3cr@t').toString('base64')}`);
    expect(`${api.url} ${String(error)}`).not.toMatch(/s3cr|me:/);
  });
});
