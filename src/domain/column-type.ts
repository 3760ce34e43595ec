/** Column types of a warehouse table, named as in BigQuery (spec: statistics, section 3). */

export type ColumnType =
  | { readonly kind: 'string' }
  | { readonly kind: 'float64' }
  | { readonly kind: 'int64' }
  /** NUMERIC and BIGNUMERIC: an integer of `words` 32-bit words, divided by 10^scale. */
  | { readonly kind: 'numeric'; readonly scale: number; readonly words: 4 | 8 }
  | { readonly kind: 'bool' }
  | { readonly kind: 'timestamp' }
  | { readonly kind: 'datetime' }
  | { readonly kind: 'date' }
  | { readonly kind: 'time' }
  | { readonly kind: 'bytes' }
  | { readonly kind: 'json' }
  | { readonly kind: 'array'; readonly element: ColumnType }
  | { readonly kind: 'struct'; readonly fields: readonly Column[] };

export type ColumnKind = ColumnType['kind'];

/** A column of a table, with its name as in the table. Every column may hold NULL. */
export interface Column {
  readonly name: string;
  readonly type: ColumnType;
}

const SQL_NAMES = {
  string: 'STRING',
  float64: 'FLOAT64',
  int64: 'INT64',
  bool: 'BOOL',
  timestamp: 'TIMESTAMP',
  datetime: 'DATETIME',
  date: 'DATE',
  time: 'TIME',
  bytes: 'BYTES',
  json: 'JSON',
} as const;

/** The type as BigQuery writes it, for messages: `ARRAY<STRUCT<a INT64>>`. */
export function columnTypeName(type: ColumnType): string {
  switch (type.kind) {
    case 'numeric':
      return type.words === 4 ? 'NUMERIC' : 'BIGNUMERIC';
    case 'array':
      return `ARRAY<${columnTypeName(type.element)}>`;
    case 'struct':
      return `STRUCT<${type.fields.map((field) => `${field.name} ${columnTypeName(field.type)}`).join(', ')}>`;
    default:
      return SQL_NAMES[type.kind];
  }
}
