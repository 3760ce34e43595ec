/** Parses values of monitoring tables from the texts of warehouses. */
import type { JsonValue } from './json-value.ts';
import { MONITORING_TABLES, type MonitoringColumn } from './monitoring-tables.ts';
import { timestampText } from './utc-time.ts';

/** The columns of these names, in this order. Throws for a table or column that we do not have. */
export function monitoringColumns(table: string, names: readonly string[]): MonitoringColumn[] {
  const columns = MONITORING_TABLES.get(table) ?? [];
  return names.map((name) => {
    const column = columns.find((candidate) => candidate.name === name);
    if (column === undefined) throw new Error(`The table ${table} has no column ${name}.`);
    return column;
  });
}

/** All columns of a table, in its order. */
export function monitoringColumnNames(table: string): string[] {
  return (MONITORING_TABLES.get(table) ?? []).map(({ name }) => name);
}

/** Parses a cell: a TIMESTAMP is microseconds since 1970, everything else as the warehouse writes it. */
export function monitoringValue({ type }: MonitoringColumn, text: string | null): JsonValue {
  if (text === null) return null;
  switch (type) {
    case 'INT64':
    case 'FLOAT64':
      return Number(text);
    case 'BOOL':
      return text.toLowerCase() === 'true';
    case 'TIMESTAMP':
      return timestampText(Number(text));
    case 'JSON':
      return parseJson(text);
    case 'STRING':
    case 'DATE':
    case 'RECORD':
      return text;
  }
}

function parseJson(text: string): JsonValue {
  const value: JsonValue = JSON.parse(text);
  return value;
}
