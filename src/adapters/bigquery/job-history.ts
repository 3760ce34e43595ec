/**
 * The jobs of a project: from INFORMATION_SCHEMA with one query or, if it is missing, from the jobs API.
 *
 * @see https://cloud.google.com/bigquery/docs/information-schema-jobs
 */
import type { WarehouseJob } from '../../domain/query-cost.ts';
import { MICROS_PER_DAY, MICROS_PER_MS, parseDate, timestampText } from '../../domain/utc-time.ts';
import type { JobHistory } from '../../ports/job-history.ts';
import { DatasetLocation } from './dataset-location.ts';
import { listJobs } from './job-list.ts';
import { jobLabels } from './labels.ts';
import type { BigQueryOptions } from './options.ts';
import { QueryRunner } from './query.ts';
import { RestClient } from './rest-client.ts';
import { identifier } from './sql.ts';
import { UsageMeter } from './usage-meter.ts';
import { during, isDatasetMissing, ServiceRefusal } from './vendor-errors.ts';

/** Of a dataset that does not exist, and of an emulator. */
const DEFAULT_REGION = 'us';
const LACKING = /INFORMATION_SCHEMA|JOBS_BY_PROJECT/i;

export class BigQueryJobHistory implements JobHistory {
  readonly keptDays = 180;
  readonly #options: BigQueryOptions;
  readonly #rest: RestClient;
  readonly #queries: QueryRunner;

  constructor(options: BigQueryOptions) {
    this.#options = options;
    const { location, turns, clock, random } = options;
    this.#rest = new RestClient(options);
    this.#queries = new QueryRunner({ rest: this.#rest, location, turns: turns?.queries, clock, random });
  }

  async jobsOf(day: string, dataset: string, signal: AbortSignal): Promise<readonly WarehouseJob[]> {
    const subject = `the jobs of project ${this.#options.project}`;
    const act = { doing: `Reading ${subject}`, subject, permission: 'bigquery.jobs.listAll' };
    return during(act, signal, async () => {
      try {
        return await this.#query(day, dataset, signal);
      } catch (error) {
        const isLacking = error instanceof ServiceRefusal && error.status !== 403 && LACKING.test(error.message);
        if (!isLacking) throw error;
        return this.#list(day, signal);
      }
    });
  }

  async #query(day: string, dataset: string, signal: AbortSignal): Promise<WarehouseJob[]> {
    const region = `region-${(await this.#regionOf(dataset, signal)).toLowerCase()}`;
    const table = `${identifier(this.#options.project)}.${identifier(region)}.INFORMATION_SCHEMA.JOBS_BY_PROJECT`;
    const times = ['creation_time', 'start_time', 'end_time'].map((name) => `CAST(UNIX_MICROS(${name}) AS STRING)`);
    const { rows } = await this.#queries.list({
      sql: `SELECT ${times.join(', ')}, destination_table.dataset_id, destination_table.table_id, query,
          error_result.reason, error_result.message, CAST(total_bytes_processed AS STRING), CAST(total_slot_ms AS STRING)
        FROM ${table}
        WHERE creation_time >= TIMESTAMP(@day) AND creation_time < TIMESTAMP_ADD(TIMESTAMP(@day), INTERVAL 1 DAY)
          AND destination_table.dataset_id = @dataset`,
      parameters: { day, dataset },
      maximumBytesBilled: this.#options.limits.maximumBytesBilled,
      labels: jobLabels({ product: 'query_cost' }),
      meter: new UsageMeter(),
      signal,
    });
    return rows.map(jobOfRow);
  }

  /** The region of the jobs that write into the dataset. */
  async #regionOf(dataset: string, signal: AbortSignal): Promise<string> {
    const place = new DatasetLocation({ rest: this.#rest, dataset, configured: this.#options.location });
    try {
      return (await place.find(new UsageMeter(), signal)) ?? DEFAULT_REGION;
    } catch (error) {
      if (isDatasetMissing(error)) return DEFAULT_REGION;
      throw error;
    }
  }

  async #list(day: string, signal: AbortSignal): Promise<WarehouseJob[]> {
    const from = (parseDate(day) ?? 0) / MICROS_PER_MS;
    const to = from + MICROS_PER_DAY / MICROS_PER_MS - 1;
    return listJobs({ ...this.#options, from, to, signal });
  }
}

function jobOfRow(cells: readonly (string | null)[]): WarehouseJob {
  const [created = null, started = null, ended = null, dataset = null, table = null] = cells;
  const [query = null, reason = null, message = null, bytes = null, slotMs = null] = cells.slice(5);
  const time = (micros: string | null): string | null => (micros === null ? null : timestampText(Number(micros)));
  return {
    creation_time: time(created) ?? '',
    start_time: time(started),
    end_time: time(ended),
    destination_table: dataset === null || table === null ? null : { dataset_id: dataset, table_id: table },
    query,
    error_result: reason === null && message === null ? null : { reason, message },
    total_bytes_processed: bytes === null ? null : Number(bytes),
    total_slot_ms: slotMs === null ? null : Number(slotMs),
  };
}
