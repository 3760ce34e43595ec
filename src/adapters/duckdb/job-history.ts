/** The job history of a DuckDB file: the table `region_us.jobs_by_project` with the columns of BigQuery's view. */
import { z } from 'zod';
import type { WarehouseJob } from '../../domain/query-cost.ts';
import { timestampText } from '../../domain/utc-time.ts';
import type { JobHistory } from '../../ports/job-history.ts';
import type { DuckDbFile } from './database.ts';
import { qualified, queryTexts } from './sql.ts';

const SCHEMA = 'region_us';
const TABLE = 'jobs_by_project';

const Text = z.string().nullable().default(null);
const Parts = z.object({ dataset_id: Text, table_id: Text }).nullable();
const Failure = z.object({ reason: Text, message: Text }).nullable();

export interface DuckDbHistoryOptions {
  readonly file: DuckDbFile;
}

/** A file without the table has no jobs. */
export class DuckDbJobHistory implements JobHistory {
  readonly keptDays = null;
  readonly #file: DuckDbFile;

  constructor({ file }: DuckDbHistoryOptions) {
    this.#file = file;
  }

  async jobsOf(day: string, _dataset: string, signal: AbortSignal): Promise<readonly WarehouseJob[]> {
    signal.throwIfAborted();
    if (!this.#file.exists()) return [];
    return this.#file.use('read', async (connection) => {
      const found = await queryTexts(
        connection,
        'SELECT column_name FROM information_schema.columns WHERE table_schema = $1 AND table_name = $2',
        [SCHEMA, TABLE],
      );
      if (found.length === 0) return [];
      const reader = await connection.runAndReadAll(
        `SELECT ${['creation_time', 'start_time', 'end_time'].map((name) => `CAST(epoch_us(${name}) AS VARCHAR)`).join(', ')},
           CAST(to_json(destination_table) AS VARCHAR), query, CAST(to_json(error_result) AS VARCHAR),
           CAST(total_bytes_processed AS VARCHAR), CAST(total_slot_ms AS VARCHAR)
         FROM ${qualified(SCHEMA, TABLE)}
         WHERE epoch_us(creation_time) >= epoch_us(CAST($1 AS TIMESTAMP))
           AND epoch_us(creation_time) < epoch_us(CAST($1 AS TIMESTAMP) + INTERVAL 1 DAY)`,
        [day],
      );
      return reader.getRowsJS().map((row) => jobOf(row.map((cell) => (typeof cell === 'string' ? cell : null))));
    });
  }
}

function jobOf(cells: readonly (string | null)[]): WarehouseJob {
  const [created = null, started = null, ended = null, table = null, query = null, error = null] = cells;
  const [bytes = null, slotMs = null] = cells.slice(6);
  const destination = table === null ? null : Parts.parse(JSON.parse(table));
  const failure = error === null ? null : Failure.parse(JSON.parse(error));
  return {
    creation_time: timeOf(created) ?? '',
    start_time: timeOf(started),
    end_time: timeOf(ended),
    destination_table: destinationOf(destination),
    query,
    error_result: failure?.reason === null && failure.message === null ? null : failure,
    total_bytes_processed: bytes === null ? null : Number(bytes),
    total_slot_ms: slotMs === null ? null : Number(slotMs),
  };
}

function timeOf(micros: string | null): string | null {
  return micros === null ? null : timestampText(Number(micros));
}

function destinationOf(parts: z.infer<typeof Parts>): WarehouseJob['destination_table'] {
  if (parts === null || parts.dataset_id === null || parts.table_id === null) return null;
  return { dataset_id: parts.dataset_id, table_id: parts.table_id };
}
