/**
 * Configured queries on BigQuery. A dry run tells what a query would do before it is run; few rows come in the reply, many
 * are streamed from its anonymous table, in its order.
 */
import { checkColumnNames, queryRefused, queryTooLarge, queryTooSlow } from '../../domain/query-export/query-errors.ts';
import type { QueryParameters } from '../../domain/query-export/query-parameter.ts';
import { orderSql, tableSql } from '../../domain/query-export/query-sql.ts';
import { readSql } from '../../domain/query-export/sql-text.ts';
import { inTurn, type SharedLimit } from '../../ports/shared-limit.ts';
import type { OpenQuery, QueryCheck, QueryRequest, QuerySource } from '../../ports/query-source.ts';
import { restColumns } from './column-types.ts';
import { jobLabels } from './labels.ts';
import type { BigQueryOptions } from './options.ts';
import { type InspectRequest, QueryRunner, type QueryResult } from './query.ts';
import { RoutineReply, type RoutineName } from './query-replies.ts';
import { BIGQUERY_WORDS } from './query-words.ts';
import { RestClient } from './rest-client.ts';
import { identifier } from './sql.ts';
import { StorageClient } from './storage-client.ts';
import { openSession, type OpenRows, replyTable, type RowsHead, storedTable, type StoredRows } from './table-reader.ts';
import { Turns } from './turns.ts';
import { UsageMeter } from './usage-meter.ts';
import { type Act, ServiceRefusal, translate } from './vendor-errors.ts';

/** Remembered checks; a configuration has fewer queries. */
const MOST_CHECKED = 2_000;

export class BigQueryQuerySource implements QuerySource {
  readonly url: string;
  readonly #options: BigQueryOptions;
  readonly #rest: RestClient;
  readonly #queries: QueryRunner;
  readonly #storage: StorageClient;
  readonly #streamTurns: SharedLimit;
  /** SQL that was found to read only. Limits and values may differ from run to run. */
  readonly #checked = new Set<string>();

  constructor(options: BigQueryOptions) {
    const { project, location, limits, turns, clock, random } = options;
    this.url = `bigquery://${project}`;
    this.#options = options;
    this.#rest = new RestClient(options);
    this.#queries = new QueryRunner({ rest: this.#rest, location, clock, random });
    this.#storage = new StorageClient(options);
    this.#streamTurns = turns?.readStreams ?? new Turns(limits.streams);
  }

  async check(request: QueryRequest): Promise<QueryCheck> {
    return this.#within(request, new UsageMeter(), (signal, meter) => this.#check(request, signal, meter));
  }

  /** Waiting for a turn does not count as running. */
  open(request: QueryRequest): Promise<OpenQuery> {
    return inTurn(this.#options.turns?.queries, request.signal, () => this.#open(request));
  }

  async #open(request: QueryRequest): Promise<OpenQuery> {
    const limit = this.#options.clock.timeout(request.timeoutMs);
    const startedAt = this.#options.clock.monotonic();
    const meter = new UsageMeter();
    const open = await this.#within(
      request,
      meter,
      async (signal) => {
        const { sql } = sqlOf(request);
        if (!this.#checked.has(sql)) await this.#check(request, signal, meter);
        const { smallRows } = this.#options.limits;
        const result = await this.#queries.run({ ...asked(request, sql, meter), signal, rowsInReply: smallRows });
        const columns = restColumns(result.fields);
        const head = { source: `query ${request.name}`, columns, rowCount: result.rowCount, meter };
        const isWhole = result.rows.length === result.rowCount;
        return isWhole ? replyTable(head, result.rows) : await this.#openStored(head, result, { request, signal });
      },
      limit,
    );
    meter.queryMs = this.#options.clock.monotonic() - startedAt;
    return limited(open, request, limit);
  }

  /** Closes the connection to the Storage Read service. */
  close(): Promise<void> {
    return this.#storage.close();
  }

  async #check(request: QueryRequest, signal: AbortSignal, meter: UsageMeter): Promise<QueryCheck> {
    const { name, query, maximumBytesBilled } = request;
    const { inner, sql } = sqlOf(request);
    const inspect = (text: string) => this.#queries.inspect({ ...asked(request, text, meter), signal });
    // By itself before the order is written around it, so it cannot reach beyond its brackets.
    const alone = await inspect(inner);
    // The emulator does not say; the service always does.
    const type = alone.statementType ?? (this.#options.apiEndpoint === undefined ? 'unknown' : 'SELECT');
    if (type !== 'SELECT') throw queryRefused(name, `it is a statement of type ${type}`);
    for (const routine of alone.routines) await this.#checkRoutine(name, routine, { meter, signal });
    checkColumnNames(name, restColumns(alone.fields), query.order);
    const whole = sql === inner ? alone : await inspect(sql);
    if (whole.bytes > maximumBytesBilled) throw queryTooLarge(name, whole.bytes, maximumBytesBilled);
    if (this.#checked.size >= MOST_CHECKED) this.#checked.clear();
    this.#checked.add(sql);
    return { sql, columns: restColumns(whole.fields), estimatedBytes: whole.bytes };
  }

  /** A remote function may do anything. A routine that cannot be looked at is refused. */
  async #checkRoutine(
    name: string,
    { projectId, datasetId, routineId }: RoutineName,
    work: Pick<InspectRequest, 'meter' | 'signal'>,
  ): Promise<void> {
    const text = `${projectId}.${datasetId}.${routineId}`;
    const rest =
      this.#rest.project === projectId ? this.#rest : new RestClient({ ...this.#options, project: projectId });
    const path = `/datasets/${encodeURIComponent(datasetId)}/routines/${encodeURIComponent(routineId)}`;
    try {
      const reply = RoutineReply.parse(await rest.request({ ...work, method: 'GET', path, isRepeatable: true }));
      if (reply.remoteFunctionOptions === undefined) return;
    } catch (error) {
      if (!(error instanceof ServiceRefusal) || ![403, 404].includes(error.status)) throw error;
      throw queryRefused(name, `the function ${text} cannot be looked at (${error.message})`, error);
    }
    throw queryRefused(name, `${text} is a remote function`);
  }

  async #openStored<Head extends RowsHead>(
    head: Head,
    result: QueryResult,
    { request, signal }: { readonly request: QueryRequest; readonly signal: AbortSignal },
  ): Promise<OpenRows<Head>> {
    const { limits, clock, random, log } = this.#options;
    const slice = { rows: result.rowCount };
    const stored: StoredRows = {
      client: this.#storage,
      table: await this.#queries.destinationOf(result.job, head.meter, signal),
      slices: [slice],
      turns: this.#streamTurns,
      stallTimeoutMs: limits.stallTimeoutMs,
      deadlineMs: request.timeoutMs,
      act: { ...actOf(request), permission: 'bigquery.readsessions.create' },
      clock,
      random,
      log,
    };
    return storedTable(head, stored, await openSession(stored, slice, head.meter, signal));
  }

  /** Runs work within the time of the request, and translates what it throws. */
  async #within<T>(
    request: QueryRequest,
    meter: UsageMeter,
    work: (signal: AbortSignal, meter: UsageMeter) => Promise<T>,
    limit = this.#options.clock.timeout(request.timeoutMs),
  ): Promise<T> {
    const { name, signal, timeoutMs, maximumBytesBilled } = request;
    try {
      signal.throwIfAborted();
      return await work(AbortSignal.any([signal, limit]), meter);
    } catch (error) {
      signal.throwIfAborted();
      if (limit.aborted) throw queryTooSlow(name, timeoutMs);
      if (error instanceof ServiceRefusal && error.reason === 'bytesBilledLimitExceeded') {
        throw queryTooLarge(name, bytesIn(error.message) ?? maximumBytesBilled, maximumBytesBilled);
      }
      throw translate(actOf(request), error);
    }
  }
}

/** The SELECT by itself, and in its order. */
function sqlOf({ name, query }: QueryRequest): { readonly inner: string; readonly sql: string } {
  const inner = query.from.kind === 'table' ? tableSql(query.from, BIGQUERY_WORDS) : textOf(name, query.from.sql);
  const order = orderSql(query.order, { identifier });
  return { inner, sql: order === '' ? inner : `SELECT * FROM (\n${inner}\n) AS contrail_query${order}` };
}

function textOf(name: string, sql: string): string {
  const { statement, firstWord, hasMore } = readSql(sql, 'bigquery');
  if (firstWord === '') throw queryRefused(name, 'it is empty');
  if (hasMore) throw queryRefused(name, 'it has several statements');
  return statement;
}

function asked(
  { parameters, labels, maximumBytesBilled, timeoutMs, signal }: QueryRequest,
  sql: string,
  meter: UsageMeter,
) {
  return {
    sql,
    parameters: usedBy(sql, parameters),
    labels: jobLabels(labels),
    maximumBytesBilled,
    jobTimeoutMs: timeoutMs,
    meter,
    signal,
  };
}

function usedBy(sql: string, parameters: QueryParameters): QueryParameters {
  const names = readSql(sql, 'bigquery').parameters;
  return Object.fromEntries(Object.entries(parameters).filter(([name]) => names.includes(name)));
}

function actOf({ name }: QueryRequest): Act {
  return {
    doing: `The query ${name}`,
    subject: name,
    permission: 'bigquery.jobs.create',
    hint: 'Correct the query, or the table that it names.',
  };
}

/** `Query exceeded limit for bytes billed: 1. 10485760 or higher required.` */
function bytesIn(message: string): number | undefined {
  const found = /(\d+) or higher required/.exec(message)?.[1];
  return found === undefined ? undefined : Number(found);
}

/** Ends reading when the time of the query is over. */
function limited(open: OpenQuery, { name, timeoutMs }: QueryRequest, limit: AbortSignal): OpenQuery {
  return {
    ...open,
    async *batches(signal) {
      try {
        yield* open.batches(AbortSignal.any([signal, limit]));
      } catch (error) {
        signal.throwIfAborted();
        if (limit.aborted) throw queryTooSlow(name, timeoutMs);
        throw error;
      }
    },
  };
}
