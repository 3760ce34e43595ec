/** SQL for DuckDB: names, parameters and times of configured queries. A dataset is a schema; there are no projects. */
import type { ParameterType } from '../../domain/query-export/query-parameter.ts';
import { isArrayParameter, type QueryParameters } from '../../domain/query-export/query-parameter.ts';
import type { SqlWords } from '../../domain/query-export/query-sql.ts';
import { identifier, qualified } from './sql.ts';

const TYPES: Readonly<Record<ParameterType, string>> = {
  STRING: 'VARCHAR',
  INT64: 'BIGINT',
  FLOAT64: 'DOUBLE',
  BOOL: 'BOOLEAN',
  DATE: 'DATE',
  TIMESTAMP: 'TIMESTAMPTZ',
};

/** Values are bound as text and cast, so that DuckDB knows the types of the columns before. */
export function parameterSql(name: string, parameters: QueryParameters): string {
  const parameter = parameters[name];
  if (parameter === undefined) return `$${name}`;
  return `CAST($${name} AS ${TYPES[parameter.type]}${isArrayParameter(parameter) ? '[]' : ''})`;
}

export function duckDbWords(parameters: QueryParameters): SqlWords {
  return {
    identifier,
    table: ({ dataset, table }) => qualified(dataset, table),
    parameter: (name) => parameterSql(name, parameters),
    rowsOf: (slugs, starts) => `SELECT unnest(${slugs}) AS slug, unnest(${starts}) AS start`,
    // Microseconds, because columns may be of TIMESTAMP too, which is compared in the machine's time zone.
    isBefore: (time, other) => `(epoch_us(${time}) < epoch_us(${other}))`,
    isOlderThan: (now, start, days) => `epoch_us(${now}) > epoch_us(${start}) + ${days} * 86400000000`,
    startOfStep: (time, seconds) => {
      const micros = `(${seconds}) * 1000000`;
      return `make_timestamptz(epoch_us(${time}) // (${micros}) * (${micros}))`;
    },
  };
}
