/** Runs queries. Few rows come in the reply, many through the job that holds them. */
import type { Clock } from '../../ports/clock.ts';
import type { Random } from '../../ports/random.ts';
import { inTurn, type SharedLimit } from '../../ports/shared-limit.ts';
import type { RestField } from './column-types.ts';
import { parameterFields, type RestParameters } from './query-parameters.ts';
import { JobReply, QueryReply, type RoutineName } from './query-replies.ts';
import type { RestClient, RestRequest } from './rest-client.ts';
import type { TableName } from './sql.ts';
import type { UsageMeter } from './usage-meter.ts';

export interface QueryRequest {
  readonly sql: string;
  /** Values for `@name` in the query. */
  readonly parameters?: RestParameters;
  /** The service ends the query then, also if this process is gone. */
  readonly jobTimeoutMs?: number;
  /** Rows wanted in the reply; 0 if they are read in another way. */
  readonly rowsInReply: number;
  readonly maximumBytesBilled: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly meter: UsageMeter;
  readonly signal: AbortSignal;
}

export interface QueryResult {
  readonly job: JobPlace;
  readonly fields: readonly RestField[];
  readonly rowCount: number;
  /** The rows of the reply, for `restRows`. */
  readonly rows: readonly unknown[];
  /** Token of the next page, if there are more rows. */
  readonly pageToken: string | undefined;
  /** When the query started, by the service's clock, milliseconds since 1970; if it says so. */
  readonly startedAt: number | undefined;
}

export type InspectRequest = Omit<QueryRequest, 'rowsInReply'>;

export interface Inspection {
  /** `SELECT`, `DELETE`, `SCRIPT`; the emulator does not say. */
  readonly statementType: string | undefined;
  readonly fields: readonly RestField[];
  readonly bytes: number;
  /** The stored functions that it calls. */
  readonly routines: readonly RoutineName[];
}

type JobStatistics = NonNullable<JobReply['statistics']>;

/** Rows of text, as the API writes values. */
export interface QueryList {
  readonly rows: readonly (readonly (string | null)[])[];
  readonly startedAt: number | undefined;
}

export interface JobPlace {
  readonly jobId: string;
  readonly location: string | undefined;
}

/** Kept short: before the first reply we have no job id to cancel. */
const FIRST_PATIENCE_MS = 5_000;
/** Longest wait of the following requests. */
const PATIENCE_MS = 20_000;
const CANCEL_TIMEOUT_MS = 5_000;
/** Microseconds as integers, because doubles would lose their last digits. */
const INTEGER_TIMES = 'formatOptions.useInt64Timestamp';

export interface QueryRunnerOptions {
  readonly rest: RestClient;
  readonly location: string | undefined;
  /** Each query is one turn; dry runs take none. Default: queries wait for nobody. */
  readonly turns?: SharedLimit | undefined;
  readonly clock: Clock;
  readonly random: Random;
}

export class QueryRunner {
  readonly #rest: RestClient;
  readonly #location: string | undefined;
  readonly #turns: SharedLimit | undefined;
  readonly #clock: Clock;
  readonly #random: Random;

  constructor({ rest, location, turns, clock, random }: QueryRunnerOptions) {
    this.#rest = rest;
    this.#location = location;
    this.#turns = turns;
    this.#clock = clock;
    this.#random = random;
  }

  /** Runs a query to its end. An abort also cancels it in BigQuery, so that it is not billed any longer. */
  run(request: QueryRequest): Promise<QueryResult> {
    return inTurn(this.#turns, request.signal, () => this.#run(request));
  }

  async #run(request: QueryRequest): Promise<QueryResult> {
    const { meter, signal } = request;
    const reply = QueryReply.parse(await this.#ask(request, false));
    if (reply.jobComplete) {
      meter.bytesBilled += reply.totalBytesBilled ?? (reply.cacheHit ? 0 : (reply.totalBytesProcessed ?? 0));
      meter.slotMs += reply.totalSlotMs ?? 0;
      return resultOf(reply, placeOf(reply));
    }
    const job = placeOf(reply);
    try {
      const complete = await this.#waitFor(job, request);
      const { statistics } = await this.#job(job, meter, signal);
      meter.bytesBilled += statistics?.query?.totalBytesBilled ?? 0;
      meter.slotMs += statistics?.totalSlotMs ?? 0;
      return { ...complete, startedAt: statistics?.startTime };
    } catch (error) {
      if (signal.aborted) await this.#cancel(job, meter);
      throw error;
    }
  }

  /** All rows of a query as text, page after page; for small results. */
  async list(request: Omit<QueryRequest, 'rowsInReply'>): Promise<QueryList> {
    const wanted = { ...request, rowsInReply: 100_000 };
    const first = await this.run(wanted);
    const rows = [...first.rows];
    for (let { pageToken } = first; pageToken !== undefined;) {
      const page = await this.#page(first.job, wanted, pageToken);
      rows.push(...page.rows);
      pageToken = page.pageToken;
    }
    return { rows: rows.map(textsOf), startedAt: first.startedAt };
  }

  /** Bytes and columns of a query, from a dry run. */
  async dryRun(request: Omit<QueryRequest, 'rowsInReply'>): Promise<{ bytes: number; fields: readonly RestField[] }> {
    const reply = QueryReply.parse(await this.#ask({ ...request, rowsInReply: 0 }, true));
    return { bytes: reply.totalBytesProcessed ?? 0, fields: reply.schema?.fields ?? [] };
  }

  /** Bytes and tables of a query, from a dry run; for the emulator, whose jobs name no tables and accept missing ones, from two. */
  async estimate(request: InspectRequest): Promise<{ bytes: number; tables: number }> {
    const { query, totalBytesProcessed } = await this.#dryJob(request);
    const tables = query?.referencedTables?.length ?? 0;
    if (tables === 0) return { bytes: (await this.dryRun(request)).bytes, tables: 1 };
    return { bytes: query?.totalBytesProcessed ?? totalBytesProcessed ?? 0, tables };
  }

  /** The tables of a query, from a dry run. */
  async referencedTables(request: InspectRequest): Promise<TableName[]> {
    return ((await this.#dryJob(request)).query?.referencedTables ?? []).map(nameOf);
  }

  /** What a query would do, from a dry run; for the emulator, whose jobs tell no columns, from two. */
  async inspect(request: InspectRequest): Promise<Inspection> {
    const { query, totalBytesProcessed } = await this.#dryJob(request);
    return {
      statementType: query?.statementType,
      fields: query?.schema?.fields ?? (await this.dryRun(request)).fields,
      bytes: query?.totalBytesProcessed ?? totalBytesProcessed ?? 0,
      routines: query?.referencedRoutines ?? [],
    };
  }

  async #dryJob({ sql, parameters, labels, meter, signal }: InspectRequest): Promise<JobStatistics> {
    // A dry run makes no job, but the emulator requires an id.
    const place = this.#location === undefined ? {} : { location: this.#location };
    const query = { query: sql, useLegacySql: false, ...parameterFields(parameters) };
    const body = {
      jobReference: { projectId: this.#rest.project, jobId: `contrail_${this.#random.uuid()}`, ...place },
      configuration: { dryRun: true, labels, query },
    };
    const reply = await this.#rest.request({ method: 'POST', path: '/jobs', body, isRepeatable: true, meter, signal });
    return JobReply.parse(reply).statistics ?? {};
  }

  /** The anonymous table that keeps a query's rows for a day. */
  async destinationOf(job: JobPlace, meter: UsageMeter, signal: AbortSignal): Promise<TableName> {
    const table = (await this.#job(job, meter, signal)).configuration?.query?.destinationTable;
    if (table === undefined) throw new Error(`the job ${job.jobId} names no table with its rows`);
    return nameOf(table);
  }

  #ask(
    { sql, parameters, rowsInReply, maximumBytesBilled, jobTimeoutMs, labels, meter, signal }: QueryRequest,
    dryRun: boolean,
  ): Promise<unknown> {
    const body = {
      query: sql,
      useLegacySql: false,
      dryRun,
      labels,
      maximumBytesBilled: String(maximumBytesBilled),
      maxResults: rowsInReply,
      timeoutMs: FIRST_PATIENCE_MS,
      formatOptions: { useInt64Timestamp: true },
      requestId: this.#random.uuid(),
      ...(jobTimeoutMs === undefined ? {} : { jobTimeoutMs: String(jobTimeoutMs) }),
      ...parameterFields(parameters),
      ...(this.#location === undefined ? {} : { location: this.#location }),
    };
    // The request id makes a repetition harmless.
    return this.#rest.request({ method: 'POST', path: '/queries', body, isRepeatable: true, meter, signal });
  }

  async #waitFor(job: JobPlace, request: QueryRequest): Promise<QueryResult> {
    for (;;) {
      const reply = await this.#page(job, request);
      if (reply.isComplete) return reply;
    }
  }

  async #page(
    job: JobPlace,
    { rowsInReply, meter, signal }: QueryRequest,
    pageToken?: string,
  ): Promise<QueryResult & { isComplete: boolean }> {
    const reply = await this.#rest.request({
      ...get(`/queries/${encodeURIComponent(job.jobId)}`, meter, signal),
      query: {
        location: job.location,
        maxResults: rowsInReply,
        timeoutMs: PATIENCE_MS,
        pageToken,
        [INTEGER_TIMES]: 'true',
      },
    });
    const parsed = QueryReply.parse(reply);
    return { ...resultOf(parsed, job), isComplete: parsed.jobComplete };
  }

  async #job(job: JobPlace, meter: UsageMeter, signal: AbortSignal): Promise<JobReply> {
    const request = get(`/jobs/${encodeURIComponent(job.jobId)}`, meter, signal);
    return JobReply.parse(await this.#rest.request({ ...request, query: { location: job.location } }));
  }

  async #cancel(job: JobPlace, meter: UsageMeter): Promise<void> {
    const path = `/jobs/${encodeURIComponent(job.jobId)}/cancel`;
    const signal = this.#clock.timeout(CANCEL_TIMEOUT_MS);
    const query = { location: job.location };
    // If the query cannot be cancelled it ends by itself; the caller must see the abort.
    await this.#rest
      .request({ method: 'POST', path, query, isRepeatable: false, meter, signal })
      .catch(() => undefined);
  }
}

function get(path: string, meter: UsageMeter, signal: AbortSignal): RestRequest {
  return { method: 'GET', path, isRepeatable: true, meter, signal };
}

function resultOf(reply: QueryReply, job: JobPlace): QueryResult {
  return {
    job,
    fields: reply.schema?.fields ?? [],
    rows: reply.rows,
    rowCount: reply.totalRows ?? reply.rows.length,
    startedAt: reply.startTime,
    pageToken: reply.pageToken === '' ? undefined : reply.pageToken,
  };
}

function placeOf({ jobReference }: QueryReply): JobPlace {
  return { jobId: jobReference?.jobId ?? '', location: jobReference?.location };
}

function nameOf(table: { projectId: string; datasetId: string; tableId: string }): TableName {
  return { project: table.projectId, dataset: table.datasetId, table: table.tableId };
}

function textsOf(row: unknown): (string | null)[] {
  const cells: unknown[] = typeof row === 'object' && row !== null && 'f' in row && Array.isArray(row.f) ? row.f : [];
  return cells.map((cell) => {
    const value = typeof cell === 'object' && cell !== null && 'v' in cell ? cell.v : null;
    return typeof value === 'string' ? value : null;
  });
}
