/** REST: queries and jobs. */
import { z } from 'zod';
import type { Catalog } from './catalog.ts';
import type { Counters } from './counters.ts';
import type { Job, JobBook } from './job-book.ts';
import { LoadConfiguration, loadRows } from './load-jobs.ts';
import { partsOf } from './multipart.ts';
import { QueryConfiguration, type QueryJobs } from './query-jobs.ts';
import type { RestRequest, Route } from './rest-exchange.ts';
import { RefusedError } from './statuses.ts';

const DEFAULT_LIST_SIZE = 50;

const Labels = z.record(z.string(), z.string()).optional();

const QueryRequest = QueryConfiguration.extend({
  dryRun: z.boolean().default(false),
  maxResults: z.number().optional(),
  timeoutMs: z.number().optional(),
  requestId: z.string().optional(),
  labels: Labels,
  formatOptions: z.object({ useInt64Timestamp: z.boolean().default(false) }).optional(),
});
type QueryRequest = z.infer<typeof QueryRequest>;

const NewJob = z.object({
  jobReference: z.object({ jobId: z.string().optional() }).optional(),
  configuration: z.object({
    dryRun: z.boolean().default(false),
    labels: Labels,
    query: QueryConfiguration.optional(),
    load: LoadConfiguration.optional(),
  }),
});

export interface JobRoutesDependencies {
  readonly catalog: Catalog;
  readonly counters: Counters;
  readonly jobs: JobBook;
  readonly queries: QueryJobs;
}

/** The routes. */
export function jobRoutes(deps: JobRoutesDependencies): Route[] {
  const { jobs, queries } = deps;
  const byRequestId = new Map<string, Job>();
  return [
    {
      kind: 'jobs.query',
      method: 'POST',
      path: '/queries',
      handle: async (request) => {
        const asked = parsed(QueryRequest, request.body);
        const reply = asked.dryRun ? dryReply(deps, asked) : await runReply(deps, request, { asked, byRequestId });
        return { kind: 'bigquery#queryResponse', ...reply };
      },
    },
    {
      kind: 'jobs.getQueryResults',
      method: 'GET',
      path: '/queries/:job',
      handle: async ({ params: { job = '' }, query, plan, signal }) => ({
        kind: 'bigquery#getQueryResultsResponse',
        ...Object(await queries.reply(jobs.find(job, query.get('location')), query, { plan, signal })),
      }),
    },
    { kind: 'jobs.insert', method: 'POST', path: '/jobs', handle: ({ body }) => insertJob(deps, body) },
    {
      kind: 'jobs.upload',
      method: 'POST',
      path: '/jobs',
      isUpload: true,
      handle: ({ body, contentType, query }) => {
        if (query.get('uploadType') !== 'multipart') {
          throw new RefusedError({
            code: 'INVALID_ARGUMENT',
            message: 'The replay server takes multipart uploads only.',
          });
        }
        const [metadata = Buffer.alloc(0), media = Buffer.alloc(0)] = partsOf(contentType, body);
        return insertJob(deps, metadata, media);
      },
    },
    { kind: 'jobs.list', method: 'GET', path: '/jobs', handle: ({ query }) => jobList(jobs, query) },
    {
      kind: 'jobs.get',
      method: 'GET',
      path: '/jobs/:job',
      handle: ({ params: { job = '' }, query }) => jobs.resource(jobs.find(job, query.get('location'))),
    },
    {
      kind: 'jobs.cancel',
      method: 'POST',
      path: '/jobs/:job/cancel',
      handle: ({ params: { job = '' }, query }) => ({
        kind: 'bigquery#jobCancelResponse',
        job: jobs.resource(jobs.cancel(jobs.find(job, query.get('location')).id)),
      }),
    },
    {
      kind: 'jobs.delete',
      method: 'DELETE',
      path: '/jobs/:job/delete',
      handle: ({ params: { job = '' } }) => jobs.remove(job),
    },
  ];
}

function dryReply({ queries, catalog }: JobRoutesDependencies, asked: QueryRequest): Readonly<Record<string, unknown>> {
  const { content, bytes } = queries.find(asked);
  return {
    schema: { fields: content.fields },
    jobReference: { projectId: catalog.project, location: catalog.location },
    totalBytesProcessed: String(bytes),
    jobComplete: true,
    cacheHit: false,
  };
}

async function runReply(
  { queries }: JobRoutesDependencies,
  { plan, signal }: RestRequest,
  { asked, byRequestId }: { readonly asked: QueryRequest; readonly byRequestId: Map<string, Job> },
): Promise<Readonly<Record<string, unknown>>> {
  const { maxResults, timeoutMs, requestId, labels, formatOptions } = asked;
  const configuration = QueryConfiguration.parse(asked);
  // A request that comes again with its id within 15 minutes gets the job that it started.
  const known = requestId === undefined ? undefined : byRequestId.get(requestId);
  const job = known ?? queries.start({ configuration, labels });
  if (requestId !== undefined) byRequestId.set(requestId, job);
  const page = new URLSearchParams();
  if (maxResults !== undefined) page.set('maxResults', String(maxResults));
  if (timeoutMs !== undefined) page.set('timeoutMs', String(timeoutMs));
  page.set('formatOptions.useInt64Timestamp', String(formatOptions?.useInt64Timestamp ?? false));
  return Object(await queries.reply(job, page, { plan, signal }));
}

function insertJob(deps: JobRoutesDependencies, metadata: Buffer, media?: Buffer): unknown {
  const { jobReference, configuration } = parsed(NewJob, metadata);
  const { query, load, labels = {}, dryRun } = configuration;
  const id = jobReference?.jobId;
  if (query !== undefined) return dryRun ? dryJob(deps, query) : startQuery(deps, { id, labels, configuration: query });
  if (load === undefined || media === undefined) {
    throw new RefusedError({
      code: 'INVALID_ARGUMENT',
      message: 'The replay server runs queries and multipart loads only.',
    });
  }
  const { catalog, counters, jobs } = deps;
  jobs.checkNew(id);
  const { error, rows } = loadRows(catalog, load, media.toString());
  counters.add('rowsLoaded', rows);
  const statistics = { load: { inputFileBytes: String(media.length), outputRows: String(rows), badRecords: '0' } };
  const job = {
    id,
    type: 'LOAD' as const,
    ms: 0,
    configuration: { labels, load },
    statistics,
    error,
    result: undefined,
  };
  return jobs.resource(jobs.add({ ...job, bytes: 0 }));
}

/** A query that cannot run is refused at once where its text is at fault, and is a failed job in all other cases. */
function startQuery({ jobs, queries }: JobRoutesDependencies, query: Parameters<QueryJobs['start']>[0]): unknown {
  try {
    return jobs.resource(queries.start(query));
  } catch (error) {
    if (!(error instanceof RefusedError) || error.refusal.reason !== 'bytesBilledLimitExceeded') throw error;
    const { id, configuration, labels = {} } = query;
    const failure = { reason: error.refusal.reason, message: error.message };
    const job = { id, type: 'QUERY' as const, ms: 0, configuration: { labels, query: configuration }, statistics: {} };
    return jobs.resource(jobs.add({ ...job, error: failure, result: undefined, bytes: 0 }));
  }
}

function dryJob({ queries, catalog }: JobRoutesDependencies, configuration: QueryConfiguration): unknown {
  const found = queries.find(configuration);
  return {
    kind: 'bigquery#job',
    jobReference: { projectId: catalog.project, location: catalog.location },
    configuration: { jobType: 'QUERY', dryRun: true, query: configuration },
    status: { state: 'DONE' },
    statistics: { totalBytesProcessed: String(found.bytes), query: queries.statistics(found) },
  };
}

function jobList(jobs: JobBook, query: URLSearchParams): unknown {
  const all = jobs.all;
  const from = Number(query.get('pageToken') ?? 0);
  const to = from + Number(query.get('maxResults') ?? DEFAULT_LIST_SIZE);
  return {
    kind: 'bigquery#jobList',
    jobs: all.slice(from, to).map((job) => jobs.resource(job)),
    ...(to < all.length ? { nextPageToken: String(to) } : {}),
  };
}

function parsed<Value>(schema: z.ZodType<Value>, body: Buffer): Value {
  const result = schema.safeParse(JSON.parse(body.toString()));
  if (result.success) return result.data;
  throw new RefusedError({ code: 'INVALID_ARGUMENT', message: z.prettifyError(result.error) });
}
