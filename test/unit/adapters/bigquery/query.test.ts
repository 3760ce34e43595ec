import { once } from 'node:events';
import { createServer } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemRandom } from '../../../../src/adapters/system/random.ts';
import { systemClock } from '../../../../src/adapters/system/clock.ts';
import { QueryRunner } from '../../../../src/adapters/bigquery/query.ts';
import { RestClient } from '../../../../src/adapters/bigquery/rest-client.ts';
import { UsageMeter } from '../../../../src/adapters/bigquery/usage-meter.ts';
import { httpClient } from '../../../support/http-client.ts';

const REFERENCE = { projectId: 'p', jobId: 'job-1', location: 'EU' };
const SCHEMA = { fields: [{ name: 'a', type: 'STRING' }] };

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly body: Record<string, unknown>;
}

/** A service that gives these answers by the end of the path, and remembers what it was asked. */
async function setup(answers: Readonly<Record<string, (seen: Seen) => object>>) {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const asked = {
        method: request.method ?? '',
        url: request.url ?? '',
        body: JSON.parse(text || '{}') as Seen['body'],
      };
      seen.push(asked);
      const path = new URL(asked.url, 'http://x').pathname.replace('/bigquery/v2/projects/p', '');
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(answers[`${asked.method} ${path}`]?.(asked) ?? {}));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  const apiEndpoint = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  const queries = new QueryRunner({
    rest: new RestClient({ project: 'p', http: httpClient(), apiEndpoint }),
    location: 'EU',
    clock: systemClock,
    random: systemRandom,
  });
  return { seen, queries };
}

function request(signal = new AbortController().signal) {
  return {
    sql: 'SELECT 1',
    rowsInReply: 10,
    maximumBytesBilled: 5,
    labels: { a: 'b' },
    meter: new UsageMeter(),
    signal,
  };
}

describe('queries', () => {
  it('say what they may cost, where, for whom, and by which id they are known when they are repeated', async () => {
    const { seen, queries } = await setup({
      'POST /queries': () => ({ jobComplete: true, jobReference: REFERENCE, schema: SCHEMA, totalRows: '0' }),
    });

    await queries.run(request());

    expect(seen[0]?.body).toMatchObject({
      query: 'SELECT 1',
      useLegacySql: false,
      location: 'EU',
      labels: { a: 'b' },
      maximumBytesBilled: '5',
      maxResults: 10,
      formatOptions: { useInt64Timestamp: true },
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  it('that are not done at once are asked for until they are', async () => {
    let asked = 0;
    const done = {
      jobComplete: true,
      jobReference: REFERENCE,
      schema: SCHEMA,
      totalRows: '1',
      rows: [{ f: [{ v: 'x' }] }],
    };
    const { seen, queries } = await setup({
      'POST /queries': () => ({ jobComplete: false, jobReference: REFERENCE }),
      'GET /queries/job-1': () => ((asked += 1) < 3 ? { jobComplete: false, jobReference: REFERENCE } : done),
      'GET /jobs/job-1': () => ({
        jobReference: REFERENCE,
        status: { state: 'DONE' },
        statistics: { totalSlotMs: '7', startTime: '123', query: { totalBytesBilled: '42' } },
      }),
    });
    const asking = request();

    const result = await queries.run(asking);

    expect(result).toMatchObject({ rowCount: 1, rows: [{ f: [{ v: 'x' }] }], startedAt: 123 });
    expect(asking.meter.read()).toMatchObject({ bytesBilled: 42, slotMs: 7, requests: 5 });
    expect(seen[1]?.url).toContain('location=EU');
    expect(seen[1]?.url).toContain('formatOptions.useInt64Timestamp=true');
  });

  it('are cancelled when they are no longer wanted', async () => {
    const stop = new AbortController();
    const { seen, queries } = await setup({
      'POST /queries': () => ({ jobComplete: false, jobReference: REFERENCE }),
      'GET /queries/job-1': () => {
        stop.abort(new Error('stop'));
        return { jobComplete: false, jobReference: REFERENCE };
      },
    });

    await expect(queries.run(request(stop.signal))).rejects.toThrow('stop');

    expect(seen.at(-1)).toMatchObject({
      method: 'POST',
      url: expect.stringContaining('/jobs/job-1/cancel?location=EU'),
    });
  });

  it('give lists page after page', async () => {
    const page = (text: string, pageToken?: string) => ({
      jobComplete: true,
      jobReference: REFERENCE,
      schema: SCHEMA,
      totalRows: '3',
      rows: [{ f: [{ v: text }] }],
      ...(pageToken === undefined ? {} : { pageToken }),
    });
    const { queries } = await setup({
      'POST /queries': () => ({ ...page('a', 'two'), startTime: '9' }),
      'GET /queries/job-1': ({ url }) => (url.includes('pageToken=two') ? page('b', 'three') : page('c')),
    });

    const { rows, startedAt } = await queries.list(request());

    expect(rows).toEqual([['a'], ['b'], ['c']]);
    expect(startedAt).toBe(9);
  });
});
