/**
 * The jobs of a project as the jobs API lists them, page by page, by the vendor's client: once a day, a few seconds of
 * waiting are no matter, and nor is an abort that leaves a request to itself.
 */
import type { GetJobsOptions, GetJobsResponse, Job } from '@google-cloud/bigquery';
import { z } from 'zod';
import type { WarehouseJob } from '../../domain/query-cost.ts';
import { untilAborted } from '../../domain/until-aborted.ts';
import { MICROS_PER_MS, timestampText } from '../../domain/utc-time.ts';
import { noCredentials } from '../http/google-credentials.ts';
import { endpointOf } from './rest-client.ts';

export interface JobListRequest {
  readonly project: string;
  readonly apiEndpoint?: string;
  /** Created between these times, both included; milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  readonly signal: AbortSignal;
}

const JOBS_A_PAGE = 1_000;

const Count = z.coerce.number();
const Table = z.object({ datasetId: z.string(), tableId: z.string() });
const ListedJob = z.object({
  jobReference: z.object({ jobId: z.string() }),
  configuration: z
    .object({
      query: z.object({ query: z.string().optional(), destinationTable: Table.optional() }).optional(),
      load: z.object({ destinationTable: Table.optional() }).optional(),
    })
    .default({}),
  status: z
    .object({ errorResult: z.object({ reason: z.string().optional(), message: z.string().optional() }).optional() })
    .default({}),
  statistics: z.object({
    creationTime: Count,
    startTime: Count.optional(),
    endTime: Count.optional(),
    totalBytesProcessed: Count.optional(),
    totalSlotMs: Count.optional(),
    query: z.object({ totalBytesProcessed: Count.optional(), totalSlotMs: Count.optional() }).optional(),
  }),
});
type ListedJob = z.infer<typeof ListedJob>;

/** Jobs of all users. Throws what the client throws. */
export async function listJobs({ from, to, signal, ...options }: JobListRequest): Promise<WarehouseJob[]> {
  const client = await openClient(options);
  const jobs: WarehouseJob[] = [];
  // Page by page: left to itself the client takes the size of a page for that of the list.
  let query: GetJobsOptions | undefined = {
    projection: 'full',
    allUsers: true,
    maxResults: JOBS_A_PAGE,
    autoPaginate: false,
    minCreationTime: String(from),
    maxCreationTime: String(to),
  };
  while (query !== undefined) {
    const reply: GetJobsResponse = await untilAborted(client.getJobs(query), signal);
    for (const job of reply[0]) jobs.push(jobOfListed(await wholeJob(job, signal)));
    query = reply[1] ?? undefined;
  }
  return jobs;
}

/** Loaded when it is needed: it takes a while. */
async function openClient({ project, apiEndpoint }: Pick<JobListRequest, 'project' | 'apiEndpoint'>) {
  const { BigQuery } = await import('@google-cloud/bigquery');
  const endpoint = endpointOf(apiEndpoint);
  const isEmulator = endpoint.startsWith('http:');
  const client = new BigQuery({
    projectId: project,
    apiEndpoint: endpoint,
    ...(isEmulator ? { authClient: await noCredentials() } : {}),
  });
  // The client takes BIGQUERY_EMULATOR_HOST as it stands for this, although it needs no scheme or path there.
  client.baseUrl = `${endpoint}/bigquery/v2`;
  return client;
}

async function wholeJob(job: Job, signal: AbortSignal): Promise<ListedJob> {
  const listed = ListedJob.parse(job.metadata);
  if (!isBare(listed)) return listed;
  const [metadata] = await untilAborted(job.getMetadata(), signal);
  return ListedJob.parse(metadata);
}

/** What a job is about is not in the list of every service. */
function isBare({ configuration: { query, load } }: ListedJob): boolean {
  return query?.query === undefined && load === undefined;
}

function jobOfListed({ configuration, status, statistics }: ListedJob): WarehouseJob {
  const table = configuration.query?.destinationTable ?? configuration.load?.destinationTable;
  const time = (ms: number | undefined): string | null => (ms === undefined ? null : timestampText(ms * MICROS_PER_MS));
  const { errorResult } = status;
  return {
    creation_time: timestampText(statistics.creationTime * MICROS_PER_MS),
    start_time: time(statistics.startTime),
    end_time: time(statistics.endTime),
    destination_table: table === undefined ? null : { dataset_id: table.datasetId, table_id: table.tableId },
    query: configuration.query?.query ?? null,
    error_result:
      errorResult === undefined ? null : { reason: errorResult.reason ?? null, message: errorResult.message ?? null },
    total_bytes_processed: statistics.totalBytesProcessed ?? statistics.query?.totalBytesProcessed ?? null,
    total_slot_ms: statistics.totalSlotMs ?? statistics.query?.totalSlotMs ?? null,
  };
}
