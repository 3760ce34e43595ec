/** Query jobs: what was asked, what it gives, and the replies of jobs.query and jobs.getQueryResults. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Answers } from './answers.ts';
import type { Catalog, StoredTable } from './catalog.ts';
import type { FaultPlan } from './faults.ts';
import { billedBytes, isDone, type Job, type JobBook } from './job-book.ts';
import { runQuery, type Query } from './query-results.ts';
import type { RowPages } from './row-pages.ts';
import { RefusedError } from './statuses.ts';
import type { TableContent } from './table-content.ts';

const Flag = z.union([z.boolean(), z.stringbool()]);

export const QueryConfiguration = z.looseObject({
  query: z.string(),
  useLegacySql: Flag.default(true),
  maximumBytesBilled: z.coerce.number().optional(),
  defaultDataset: z.object({ datasetId: z.string() }).optional(),
  queryParameters: z
    .array(
      z.object({
        name: z.string().default(''),
        parameterValue: z.object({
          value: z.coerce.string().optional(),
          arrayValues: z.array(z.object({ value: z.coerce.string() })).optional(),
        }),
      }),
    )
    .default([]),
});
export type QueryConfiguration = z.infer<typeof QueryConfiguration>;

export interface QueryJobsDependencies {
  readonly catalog: Catalog;
  readonly answers: Answers;
  readonly jobs: JobBook;
  readonly pages: RowPages;
}

export interface NewQuery {
  readonly configuration: QueryConfiguration;
  readonly id?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

interface Found {
  readonly content: TableContent;
  readonly bytes: number;
  readonly referenced: readonly StoredTable[];
}

/** Where the service keeps results for a day: a hidden dataset. */
const RESULTS_DATASET = '_replay_results';

export class QueryJobs {
  readonly #deps: QueryJobsDependencies;

  constructor(deps: QueryJobsDependencies) {
    this.#deps = deps;
  }

  /** The result of a query, without a job. Throws RefusedError as the service refuses it. */
  find(configuration: QueryConfiguration): Found {
    if (configuration.useLegacySql) {
      throw new RefusedError({
        code: 'INVALID_ARGUMENT',
        reason: 'invalidQuery',
        message: 'The replay server has no legacy SQL.',
      });
    }
    const answer = this.#deps.answers.find(configuration.query);
    if (answer !== undefined) return { ...answer, referenced: [] };
    return runQuery(this.#deps.catalog, queryOf(configuration));
  }

  /** Runs a query into a table of its own. */
  start({ configuration, id, labels = {} }: NewQuery): Job {
    const { jobs, catalog } = this.#deps;
    jobs.checkNew(id);
    const { content, bytes, referenced } = this.find(configuration);
    const billed = billedBytes(bytes);
    const limit = configuration.maximumBytesBilled;
    if (limit !== undefined && billed > limit) {
      const message = `Query exceeded limit for bytes billed: ${limit}. ${billed} or higher required.`;
      throw new RefusedError({ code: 'INVALID_ARGUMENT', reason: 'bytesBilledLimitExceeded', message });
    }
    const result = this.#keep(content);
    const destinationTable = { projectId: catalog.project, datasetId: result.dataset, tableId: result.name };
    return jobs.add({
      id,
      type: 'QUERY',
      ms: referenced.reduce((sum, { queryMs = 0 }) => sum + queryMs, 0),
      configuration: { labels, query: { ...configuration, destinationTable } },
      statistics: { query: this.statistics({ content, bytes, referenced }) },
      error: undefined,
      result,
      bytes,
    });
  }

  /** `statistics.query`. */
  statistics({ content, bytes, referenced }: Found): Readonly<Record<string, unknown>> {
    const projectId = this.#deps.catalog.project;
    return {
      cacheHit: false,
      statementType: 'SELECT',
      totalBytesProcessed: String(bytes),
      totalBytesBilled: String(billedBytes(bytes)),
      referencedTables: referenced.map(({ dataset, name }) => ({ projectId, datasetId: dataset, tableId: name })),
      schema: { fields: content.fields },
    };
  }

  /** The reply with a page of rows; without them where the job has not ended within the time that was given. */
  async reply(
    job: Job,
    query: URLSearchParams,
    { plan, signal }: { plan: FaultPlan; signal: AbortSignal },
  ): Promise<unknown> {
    const timeoutMs = Number(query.get('timeoutMs') ?? 10_000);
    const waitMs = Math.min(timeoutMs, job.doneMs - Date.now());
    if (waitMs > 0) await sleep(waitMs, undefined, { signal });
    const now = this.#deps.jobs.get(job.id);
    const jobReference = this.#deps.jobs.reference(job.id);
    if (!isDone(now)) return { jobReference, jobComplete: false };
    const { error, result } = now;
    if (error !== undefined) throw new RefusedError({ code: 'INVALID_ARGUMENT', ...error });
    if (result === undefined) throw new RefusedError({ code: 'INVALID_ARGUMENT', message: 'Not a query job.' });
    const { totalRows, rows, pageToken } = this.#deps.pages.page(result.content, query, plan);
    return {
      schema: { fields: result.content.fields },
      jobReference,
      totalRows,
      ...(pageToken === undefined ? {} : { pageToken }),
      ...(rows.length === 0 ? {} : { rows }),
      totalBytesProcessed: String(job.bytes),
      totalBytesBilled: String(billedBytes(job.bytes)),
      totalSlotMs: String(job.doneMs - job.createdMs),
      jobComplete: true,
      cacheHit: false,
    };
  }

  #keep(content: TableContent): StoredTable {
    const now = Date.now();
    const name = `anon${randomUUID().replaceAll('-', '')}`;
    const times = { createdMs: now, lastModifiedMs: now };
    const table: StoredTable = { dataset: RESULTS_DATASET, name, kind: 'table', content, properties: {}, ...times };
    this.#deps.catalog.put(table);
    return table;
  }
}

function queryOf({ query, defaultDataset, queryParameters }: QueryConfiguration): Query {
  const parameters = queryParameters.map(({ name, parameterValue: { value, arrayValues } }) => {
    const texts: string | readonly string[] = value ?? (arrayValues ?? []).map((element) => element.value);
    return [name, texts] as const;
  });
  return { sql: query, defaultDataset: defaultDataset?.datasetId, parameters: new Map(parameters) };
}
