/** The Arrow type of each BigQuery type, as the Storage Read API sends it. */
import {
  Binary,
  Bool,
  DateDay,
  Decimal,
  Field,
  Float64,
  Int64,
  List,
  Schema,
  Struct,
  TimeMicrosecond,
  TimestampMicrosecond,
  Utf8,
  type DataType,
} from 'apache-arrow';
import type { TableField } from './field-schema.ts';

/** The Arrow schema of some fields. */
export function arrowSchema(fields: readonly TableField[]): Schema {
  return new Schema(fields.map(arrowField));
}

/** A field with its type; JSON, DATETIME and GEOGRAPHY are marked by an extension name, as the service does. */
function arrowField(field: TableField): Field<DataType> {
  const element = elementType(field);
  const type = field.mode === 'REPEATED' ? new List(new Field<DataType>('item', element, false)) : element;
  const extension = EXTENSIONS.get(field.type);
  const metadata = extension === undefined ? null : new Map([['ARROW:extension:name', extension]]);
  return new Field<DataType>(field.name, type, field.mode !== 'REQUIRED', metadata);
}

const EXTENSIONS = new Map<string, string>([
  ['JSON', 'google:sqlType:json'],
  ['DATETIME', 'google:sqlType:datetime'],
  ['GEOGRAPHY', 'google:sqlType:geography'],
]);

function elementType(field: TableField): DataType {
  switch (field.type) {
    case 'STRING':
    case 'JSON':
    case 'GEOGRAPHY':
      return new Utf8();
    case 'BYTES':
      return new Binary();
    case 'INTEGER':
      return new Int64();
    case 'FLOAT':
      return new Float64();
    case 'NUMERIC':
      return new Decimal(9, 38, 128);
    case 'BIGNUMERIC':
      return new Decimal(38, 76, 256);
    case 'BOOLEAN':
      return new Bool();
    case 'TIMESTAMP':
      return new TimestampMicrosecond('UTC');
    case 'DATETIME':
      return new TimestampMicrosecond();
    case 'DATE':
      return new DateDay();
    case 'TIME':
      return new TimeMicrosecond();
    case 'RECORD':
      return new Struct((field.fields ?? []).map(arrowField));
  }
}
