/** SQL for BigQuery: names, parameters and times of configured queries. */
import type { SqlWords } from '../../domain/query-export/query-sql.ts';
import { identifier, tablePath } from './sql.ts';

export const BIGQUERY_WORDS: SqlWords = {
  identifier,
  table: tablePath,
  parameter: (name) => `@${name}`,
  rowsOf: (slugs, starts) =>
    // The cast is for the emulator, which takes all arrays for texts.
    `SELECT slug, CAST(${starts}[OFFSET(place)] AS TIMESTAMP) AS start FROM UNNEST(${slugs}) AS slug WITH OFFSET AS place`,
  isBefore: (time, other) => `(${time} < ${other})`,
  isOlderThan: (now, start, days) => `${now} > TIMESTAMP_ADD(${start}, INTERVAL ${days} DAY)`,
  startOfStep: (time, seconds) => `TIMESTAMP_SECONDS(DIV(UNIX_SECONDS(${time}), ${seconds}) * (${seconds}))`,
};
