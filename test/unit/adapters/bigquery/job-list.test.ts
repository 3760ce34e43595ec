import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { expect, it, onTestFinished, vi } from 'vitest';
import { listJobs } from '../../../../src/adapters/bigquery/job-list.ts';
import { during } from '../../../../src/adapters/bigquery/vendor-errors.ts';

const ACT = { doing: 'Reading the jobs', subject: 'the jobs', permission: 'bigquery.jobs.listAll' };

/** A jobs API of our own, and a list that is asked of it. */
async function setup(answer: (url: URL, response: ServerResponse, request: IncomingMessage) => void) {
  const asked: URL[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://x');
    asked.push(url);
    response.setHeader('content-type', 'application/json');
    answer(url, response, request);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
    vi.unstubAllEnvs();
  });
  const address = server.address();
  const apiEndpoint = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  vi.stubEnv('BIGQUERY_EMULATOR_HOST', apiEndpoint);
  const list = (signal = new AbortController().signal) =>
    during(ACT, signal, () => listJobs({ project: 'p', apiEndpoint, from: 1, to: 2, signal }));
  return { asked, list };
}

const job = (jobId: string, configuration: object = {}) => ({
  jobReference: { projectId: 'p', jobId, location: 'EU' },
  configuration,
  statistics: { creationTime: '1000' },
});

it('takes all pages, and asks for jobs that are listed without what they are about', async () => {
  const authorizations: unknown[] = [];
  const { asked, list } = await setup((url, response, request) => {
    authorizations.push(request.headers.authorization);
    if (url.pathname.endsWith('/jobs/b'))
      return response.end(JSON.stringify(job('b', { query: { query: 'SELECT 2' } })));
    const isFirst = url.searchParams.get('pageToken') === null;
    const page = isFirst
      ? { jobs: [job('a', { query: { query: 'SELECT 1' } })], nextPageToken: 'next' }
      : { jobs: [job('b')] };
    return response.end(JSON.stringify(page));
  });

  const jobs = await list();

  expect(jobs.map(({ query }) => query)).toEqual(['SELECT 1', 'SELECT 2']);
  expect(asked.map(({ pathname }) => pathname)).toEqual([
    '/bigquery/v2/projects/p/jobs',
    '/bigquery/v2/projects/p/jobs',
    '/bigquery/v2/projects/p/jobs/b',
  ]);
  expect(Object.fromEntries(asked[1]?.searchParams ?? [])).toMatchObject({
    allUsers: 'true',
    projection: 'full',
    minCreationTime: '1',
    maxCreationTime: '2',
    pageToken: 'next',
  });
  expect(authorizations).toEqual([undefined, undefined, undefined]);
});

it('says which permission is missing', async () => {
  const refusal = {
    error: { code: 403, message: 'Access Denied', errors: [{ reason: 'accessDenied', message: 'no' }] },
  };
  const { list } = await setup((_, response) => response.writeHead(403).end(JSON.stringify(refusal)));

  await expect(list()).rejects.toMatchObject({
    code: 'ACCESS_DENIED',
    hint: expect.stringContaining('bigquery.jobs.listAll'),
  });
});

it('is no longer waited for when the work is aborted', async () => {
  const stop = new AbortController();
  const { list } = await setup(() => stop.abort(new Error('stop')));

  await expect(list(stop.signal)).rejects.toThrow('stop');
});
