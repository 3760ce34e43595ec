/** Rows as lines of JSON for a load job, and the schemas of their tables. */
import {
  addedColumn,
  MONITORING_LAYOUTS,
  MONITORING_TABLES,
  type MonitoringColumn,
} from '../../domain/monitoring-tables.ts';
import type { JsonValue } from '../../domain/json-value.ts';
import { wellFormedRow } from '../../domain/well-formed.ts';
import type { KeptField } from './query-replies.ts';
import type { RecordRow } from '../../ports/record-sink.ts';

/** One line per row. NULL is left out, because REPEATED columns reject it and JSON columns would store it as a value. */
export function loadLines(table: string, rows: readonly RecordRow[]): Buffer {
  const columns = MONITORING_TABLES.get(table) ?? [];
  return Buffer.from(
    rows.map((row) => `${JSON.stringify(withoutNulls(wellFormedRow(row), columns))}\n`).join(''),
    'utf8',
  );
}

/** Schema, partitions and clusters of a monitoring table for the API; empty for other tables. */
export function tableLayout(table: string): Record<string, unknown> | undefined {
  const columns = MONITORING_TABLES.get(table);
  if (columns === undefined) return undefined;
  const { partitionBy, clusterBy } = MONITORING_LAYOUTS.get(table) ?? {};
  return {
    schema: { fields: columns.map(fieldOf) },
    ...(partitionBy === undefined ? {} : { timePartitioning: { type: 'DAY', field: partitionBy } }),
    ...(clusterBy === undefined ? {} : { clustering: { fields: clusterBy } }),
  };
}

/** The fields of a table with those of this version that it lacks at the end; undefined if it has them all. */
export function withMissingFields(table: string, present: readonly KeptField[]): readonly unknown[] | undefined {
  const added = (MONITORING_TABLES.get(table) ?? []).filter(
    ({ name }) => !present.some((field) => isNamed(field, name)),
  );
  return added.length === 0 ? undefined : [...present, ...added.map(addedColumn).map(fieldOf)];
}

/** Names of columns are the same in upper and lower case. */
function isNamed(field: KeptField, name: string): boolean {
  return field.name.toLowerCase() === name.toLowerCase();
}

/** The API's old names for the types; the emulator does not know the new ones. */
const TYPE_NAMES: Readonly<Record<MonitoringColumn['type'], string>> = {
  STRING: 'STRING',
  INT64: 'INTEGER',
  FLOAT64: 'FLOAT',
  BOOL: 'BOOLEAN',
  TIMESTAMP: 'TIMESTAMP',
  DATE: 'DATE',
  JSON: 'JSON',
  RECORD: 'RECORD',
};

function fieldOf({ name, type, mode, fields }: MonitoringColumn): Record<string, unknown> {
  return {
    name,
    type: TYPE_NAMES[type],
    mode: mode ?? 'NULLABLE',
    ...(fields === undefined ? {} : { fields: fields.map(fieldOf) }),
  };
}

function withoutNulls(row: RecordRow, columns: readonly MonitoringColumn[]): RecordRow {
  const kept = Object.entries(row).filter(([, value]) => value !== null);
  return Object.fromEntries(
    kept.map(([name, value]) => {
      const fields = columns.find((column) => column.name === name)?.fields;
      return [name, fields === undefined ? value : recordWithoutNulls(value, fields)];
    }),
  );
}

function recordWithoutNulls(value: JsonValue, fields: readonly MonitoringColumn[]): JsonValue {
  if (Array.isArray(value)) return value.map((element: JsonValue) => recordWithoutNulls(element, fields));
  return typeof value === 'object' && value !== null ? withoutNulls(value as RecordRow, fields) : value;
}
