/** The schema of a table as REST spells it, and what its columns are in memory. */
import type { Column, ColumnType } from '../../../src/domain/column-type.ts';

/** The names that replies use; requests may also say INT64, FLOAT64, BOOL, STRUCT, DECIMAL. */
export type FieldType =
  | 'STRING'
  | 'INTEGER'
  | 'FLOAT'
  | 'NUMERIC'
  | 'BIGNUMERIC'
  | 'BOOLEAN'
  | 'TIMESTAMP'
  | 'DATETIME'
  | 'DATE'
  | 'TIME'
  | 'BYTES'
  | 'JSON'
  | 'GEOGRAPHY'
  | 'RECORD';

export interface TableField {
  readonly name: string;
  readonly type: FieldType;
  readonly mode?: 'NULLABLE' | 'REQUIRED' | 'REPEATED';
  readonly fields?: readonly TableField[];
}

const OTHER_NAMES: Readonly<Record<string, FieldType>> = {
  INT64: 'INTEGER',
  FLOAT64: 'FLOAT',
  BOOL: 'BOOLEAN',
  STRUCT: 'RECORD',
  DECIMAL: 'NUMERIC',
  BIGDECIMAL: 'BIGNUMERIC',
};

const PLAIN_TYPES: Readonly<Record<Exclude<FieldType, 'RECORD'>, ColumnType>> = {
  STRING: { kind: 'string' },
  INTEGER: { kind: 'int64' },
  FLOAT: { kind: 'float64' },
  NUMERIC: { kind: 'numeric', scale: 9, words: 4 },
  BIGNUMERIC: { kind: 'numeric', scale: 38, words: 8 },
  BOOLEAN: { kind: 'bool' },
  TIMESTAMP: { kind: 'timestamp' },
  DATETIME: { kind: 'datetime' },
  DATE: { kind: 'date' },
  TIME: { kind: 'time' },
  BYTES: { kind: 'bytes' },
  JSON: { kind: 'json' },
  GEOGRAPHY: { kind: 'string' },
};

/** A field as a request gives it, with the names of replies; undefined for a type that does not exist. */
export function normalField(field: {
  readonly name: string;
  readonly type: string;
  readonly mode?: string | undefined;
  readonly fields?: readonly TableField[] | undefined;
}): TableField | undefined {
  const upper = field.type.toUpperCase();
  const type = OTHER_NAMES[upper] ?? upper;
  if (!isFieldType(type)) return undefined;
  const mode = field.mode === 'REPEATED' || field.mode === 'REQUIRED' ? field.mode : 'NULLABLE';
  if (type !== 'RECORD') return { name: field.name, type, mode };
  const fields = (field.fields ?? []).map(normalField);
  return fields.includes(undefined)
    ? undefined
    : { name: field.name, type, mode, fields: fields.filter((child) => child !== undefined) };
}

/** The column that holds a field. */
export function columnOf(field: TableField): Column {
  const element = elementTypeOf(field);
  return { name: field.name, type: field.mode === 'REPEATED' ? { kind: 'array', element } : element };
}

function elementTypeOf(field: TableField): ColumnType {
  if (field.type === 'RECORD') return { kind: 'struct', fields: (field.fields ?? []).map(columnOf) };
  return PLAIN_TYPES[field.type];
}

function isFieldType(type: string): type is FieldType {
  return type === 'RECORD' || type in PLAIN_TYPES;
}
