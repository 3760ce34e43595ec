import { once } from 'node:events';
import { createServer } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DEFAULT_LIMITS } from '../../../../src/adapters/bigquery/options.ts';
import { BigQueryQuerySource } from '../../../../src/adapters/bigquery/query-source.ts';
import { VirtualClock } from '../../../../src/adapters/memory/virtual-clock.ts';
import { systemClock } from '../../../../src/adapters/system/clock.ts';
import { systemRandom } from '../../../../src/adapters/system/random.ts';
import type { Clock } from '../../../../src/ports/clock.ts';
import type { SharedLimit } from '../../../../src/ports/shared-limit.ts';
import { makeGate } from '../../../support/gate.ts';
import { httpClient } from '../../../support/http-client.ts';
import { fromSql, requestOf, rowsOf } from '../../../support/query-source-world.ts';
import { recordedLog } from '../../../support/recorded-log.ts';
import { startReplayServer } from '../../../support/replay-server/replay-server.ts';
import { PROJECT } from './replay-world.ts';

const SCHEMA = { fields: [{ name: 'n', type: 'INTEGER' }] };
const SELECT = { statementType: 'SELECT', schema: SCHEMA, totalBytesProcessed: '1000' };
const REFERENCE = { projectId: 'p', jobId: 'job-1', location: 'EU' };
const DONE = {
  jobComplete: true,
  jobReference: REFERENCE,
  schema: SCHEMA,
  totalRows: '0',
  totalBytesBilled: '10485760',
};

interface Seen {
  readonly path: string;
  readonly body: Record<string, unknown>;
}

interface Service {
  /** `statistics.query` of the dry run of a text. */
  readonly dryRun?: (sql: string) => object;
  readonly run?: object;
  readonly routine?: { readonly status: number; readonly body: object };
  readonly clock?: Clock;
  readonly queryTurns?: SharedLimit;
}

/** A service that gives these answers, and remembers what it was asked. */
async function setup({ dryRun = () => SELECT, run = DONE, routine, clock = systemClock, queryTurns }: Service = {}) {
  const seen: Seen[] = [];
  const answerTo = ({ path, body }: Seen): { readonly status: number; readonly body: object } => {
    if (path.endsWith('/queries')) return { status: 200, body: run };
    if (path.includes('/routines/')) return routine ?? { status: 404, body: {} };
    if (!path.endsWith('/jobs')) return { status: 200, body: { jobReference: REFERENCE, jobComplete: false } };
    const { query } = (body['configuration'] as { query: { query: string } }).query;
    const statistics = { query: dryRun(query) };
    return { status: 200, body: { jobReference: REFERENCE, status: { state: 'DONE' }, statistics } };
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const { pathname } = new URL(request.url ?? '', 'http://x');
      const asked = { path: pathname, body: JSON.parse(text || '{}') as Seen['body'] };
      seen.push(asked);
      const answer = answerTo(asked);
      response.writeHead(answer.status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer.body));
      server.emit(`asked ${pathname}`);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  const source = new BigQueryQuerySource({
    project: 'p',
    location: 'EU',
    apiEndpoint: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    limits: DEFAULT_LIMITS,
    ...(queryTurns === undefined ? {} : { turns: { queries: queryTurns } }),
    http: httpClient(),
    clock,
    random: systemRandom,
    log: recordedLog(),
  });
  onTestFinished(() => source.close());
  const sentTo = (path: string) => seen.filter((asked) => asked.path.endsWith(path)).map(({ body }) => body);
  return { source, server, seen, runs: () => sentTo('/queries'), dryRuns: () => sentTo('/jobs') };
}

describe('configured queries on BigQuery', () => {
  it('send values as typed parameters, with labels and limits, and only those that they use', async () => {
    const { source, runs } = await setup();
    const query = fromSql('SELECT n FROM t WHERE n > @least AND d = @date AND x IN UNNEST(@names)', 'n');

    await rowsOf(source, {
      query,
      parameters: {
        least: { type: 'INT64', value: '5' },
        names: { type: 'STRING', values: ["it's", ''] },
        unused: { type: 'BOOL', value: 'true' },
      },
      changes: { labels: { product: 'query', query: 'live' }, maximumBytesBilled: 5_000, timeoutMs: 7_000 },
    });

    expect(runs()).toMatchObject([
      {
        query: `SELECT * FROM (\n${'sql' in query.from ? query.from.sql : ''}\n) AS contrail_query ORDER BY \`n\` ASC NULLS FIRST`,
        parameterMode: 'NAMED',
        queryParameters: [
          { name: 'least', parameterType: { type: 'INT64' }, parameterValue: { value: '5' } },
          {
            name: 'names',
            parameterType: { type: 'ARRAY', arrayType: { type: 'STRING' } },
            parameterValue: { arrayValues: [{ value: "it's" }, { value: '' }] },
          },
          { name: 'date', parameterType: { type: 'DATE' }, parameterValue: { value: '2026-01-30' } },
        ],
        labels: { product: 'query', query: 'live', application: 'contrail' },
        maximumBytesBilled: '5000',
        jobTimeoutMs: '7000',
      },
    ]);
  });

  it.each(['DELETE', 'INSERT', 'MERGE', 'SCRIPT', 'CREATE_TABLE_AS_SELECT', 'EXPORT_DATA', 'CALL', 'unheard of'])(
    'are refused unless the service calls them SELECT: %s',
    async (statementType) => {
      const { source, runs } = await setup({ dryRun: () => ({ ...SELECT, statementType }) });

      const running = rowsOf(source, { query: fromSql('SELECT n FROM t', 'n') });

      await expect(running).rejects.toMatchObject({
        code: 'QUERY_REFUSED',
        message: `The query live was not run: it is a statement of type ${statementType}.`,
      });
      expect(runs()).toEqual([]);
    },
  );

  it('are checked by themselves before an order is written around them', async () => {
    const text = 'SELECT 1 AS n) AS a; DROP TABLE t';
    const { source, dryRuns } = await setup();

    await expect(source.check(requestOf({ query: fromSql(text, 'n') }))).rejects.toMatchObject({
      code: 'QUERY_REFUSED',
    });
    await source.check(requestOf({ query: fromSql('SELECT 1 AS n -- end', 'n') }));

    const texts = dryRuns().map((body) => (body['configuration'] as { query: { query: string } }).query.query);
    expect(texts).toEqual([
      'SELECT 1 AS n -- end',
      'SELECT * FROM (\nSELECT 1 AS n -- end\n) AS contrail_query ORDER BY `n` ASC NULLS FIRST',
    ]);
  });

  it.each([
    [
      'a remote function',
      { status: 200, body: { remoteFunctionOptions: { endpoint: 'https://x' } } },
      /remote function/,
    ],
    ['a function that nobody may see', { status: 403, body: { error: { message: 'no' } } }, /cannot be looked at/],
    ['a function that is not there', { status: 404, body: { error: { message: 'no' } } }, /cannot be looked at/],
  ])('are refused if they call %s', async (_, routine, message) => {
    const referencedRoutines = [{ projectId: 'other', datasetId: 'd', routineId: 'f' }];
    const { source, runs, seen } = await setup({ dryRun: () => ({ ...SELECT, referencedRoutines }), routine });

    const running = rowsOf(source, { query: fromSql('SELECT other.d.f() AS n', 'n') });

    await expect(running).rejects.toMatchObject({ code: 'QUERY_REFUSED', message: expect.stringMatching(message) });
    expect(seen.map(({ path }) => path)).toContain('/bigquery/v2/projects/other/datasets/d/routines/f');
    expect(runs()).toEqual([]);
  });

  it('may call functions of SQL', async () => {
    const referencedRoutines = [{ projectId: 'p', datasetId: 'd', routineId: 'f' }];
    const routine = { status: 200, body: { routineType: 'SCALAR_FUNCTION' } };
    const { source } = await setup({ dryRun: () => ({ ...SELECT, referencedRoutines }), routine });

    expect(await rowsOf(source, { query: fromSql('SELECT d.f() AS n', 'n') })).toEqual([]);
  });

  it('are not run if they would read more than their limit', async () => {
    const { source, runs } = await setup({ dryRun: () => ({ ...SELECT, totalBytesProcessed: '25000000000' }) });

    const running = rowsOf(source, { query: fromSql('SELECT n FROM t', 'n') });

    await expect(running).rejects.toMatchObject({
      code: 'COST_LIMIT',
      message: 'The query live was not run: it would read 25 GB; its limit is 10 GB.',
    });
    expect(runs()).toEqual([]);
  });

  it('are checked once, and again when they change', async () => {
    const { source, dryRuns, runs } = await setup();

    await rowsOf(source, { query: fromSql('SELECT n FROM t') });
    await rowsOf(source, { query: fromSql('SELECT n FROM t') });
    const before = dryRuns().length;
    await rowsOf(source, { query: fromSql('SELECT n FROM u') });

    expect(before).toBe(1);
    expect(dryRuns()).toHaveLength(2);
    expect(runs()).toHaveLength(3);
  });

  it('are cancelled when their time is over', async () => {
    const clock = new VirtualClock(0);
    const { source, server, seen } = await setup({ run: { jobReference: REFERENCE, jobComplete: false }, clock });
    const waiting = once(server, 'asked /bigquery/v2/projects/p/queries/job-1');

    const running = source.open(requestOf({ query: fromSql('SELECT n FROM t'), changes: { timeoutMs: 60_000 } }));
    const outcome = running.catch((error: unknown) => error);
    await waiting;
    await clock.advance(60_000);

    expect(await outcome).toMatchObject({
      code: 'QUERY_LIMIT',
      message: 'The query live took more than its limit of 60 s.',
    });
    expect(seen.map(({ path }) => path)).toContain('/bigquery/v2/projects/p/jobs/job-1/cancel');
  });

  it('do not spend their time on waiting for their turn', async () => {
    const clock = new VirtualClock(0);
    const turn = makeGate();
    let ended = 0;
    const queryTurns = { acquire: () => turn.passed.then(() => () => void (ended += 1)) };
    const { source, seen } = await setup({ clock, queryTurns });

    const running = source.open(requestOf({ query: fromSql('SELECT n FROM t'), changes: { timeoutMs: 60_000 } }));
    await clock.advance(60_000);
    const before = [seen.length, ended];
    turn.open();
    await running;

    expect(before).toEqual([0, 0]);
    expect(ended).toBe(1);
  });

  it('are streamed from the table with their rows, in its order, if they do not fit a reply', async () => {
    const rows = Array.from({ length: 2_500 }, (_, index) => ({ n: index }));
    const answers = [{ statement: 'SELECT n', fields: [{ name: 'n', type: 'INTEGER' as const }], rows }];
    const server = await startReplayServer({ answers });
    onTestFinished(() => server.stop());
    const source = new BigQueryQuerySource({
      project: PROJECT,
      location: 'US',
      apiEndpoint: server.restUrl,
      storageEndpoint: server.grpcAddress,
      limits: { ...DEFAULT_LIMITS, smallRows: 1_000 },
      http: httpClient(),
      clock: systemClock,
      random: systemRandom,
      log: recordedLog(),
    });
    onTestFinished(() => source.close());

    const found = await rowsOf(source, { query: fromSql('SELECT n FROM t', 'n') });

    expect(found.map((row) => row['n'])).toEqual(rows.map(({ n }) => String(n)));
    expect(server.counters.read().requests).toMatchObject({ 'storage.readRows': 1 });
  });
});
