/** Loads a job history into a DuckDB file from lines of JSON with the columns of JOBS_BY_PROJECT. */
import type { DuckDbFile } from './database.ts';
import { fromJsonLines, jsonLines, type JsonColumns } from './json-lines.ts';

const COLUMNS: JsonColumns = [
  ['job_id', 'VARCHAR'],
  ['job_type', 'VARCHAR'],
  ['creation_time', 'TIMESTAMPTZ'],
  ['start_time', 'TIMESTAMPTZ'],
  ['end_time', 'TIMESTAMPTZ'],
  ['destination_table', 'STRUCT(project_id VARCHAR, dataset_id VARCHAR, table_id VARCHAR)'],
  ['query', 'VARCHAR'],
  ['error_result', 'STRUCT(reason VARCHAR, message VARCHAR)'],
  ['total_bytes_processed', 'BIGINT'],
  ['total_slot_ms', 'BIGINT'],
];

/** Replaces `region_us.jobs_by_project` by the lines of a file, with all times moved by some days. */
export async function loadJobs(file: DuckDbFile, path: string, laterDays: number): Promise<void> {
  const shifted = ['creation_time', 'start_time', 'end_time']
    .map((name) => `${name} + INTERVAL (${Math.trunc(laterDays)}) DAY AS ${name}`)
    .join(', ');
  await file.use('write', async (connection) => {
    await connection.run('CREATE SCHEMA IF NOT EXISTS region_us');
    await connection.run(
      `CREATE OR REPLACE TABLE region_us.jobs_by_project AS SELECT * REPLACE (${shifted}) FROM ${fromJsonLines(COLUMNS)}`,
      [await jsonLines(path)],
    );
  });
}
