/** BigQuery's types as types of the file format, from the REST API and from Arrow. */
import { z } from 'zod';
import type { Column, ColumnType } from '../../domain/column-type.ts';
import { ContrailError } from '../../domain/errors.ts';
import type { ArrowField, ArrowType } from './arrow-messages.ts';

/** A field of a REST schema. */
export interface RestField {
  readonly name: string;
  readonly type: string;
  readonly mode?: string | undefined;
  readonly fields?: readonly RestField[] | undefined;
}

export const RestField: z.ZodType<RestField> = z.object({
  name: z.string(),
  type: z.string(),
  mode: z.string().optional(),
  get fields() {
    return z.array(RestField).optional();
  },
});

export const RestSchema = z.object({ fields: z.array(RestField).default([]) });

const NUMERIC: ColumnType = { kind: 'numeric', scale: 9, words: 4 };
const BIGNUMERIC: ColumnType = { kind: 'numeric', scale: 38, words: 8 };

/** By the API's names, old and new; without GEOGRAPHY, INTERVAL and RANGE. */
const REST_TYPES: ReadonlyMap<string, ColumnType> = new Map<string, ColumnType>([
  ['STRING', { kind: 'string' }],
  ['FLOAT', { kind: 'float64' }],
  ['FLOAT64', { kind: 'float64' }],
  ['INTEGER', { kind: 'int64' }],
  ['INT64', { kind: 'int64' }],
  ['NUMERIC', NUMERIC],
  ['BIGNUMERIC', BIGNUMERIC],
  ['BOOLEAN', { kind: 'bool' }],
  ['BOOL', { kind: 'bool' }],
  ['TIMESTAMP', { kind: 'timestamp' }],
  ['DATETIME', { kind: 'datetime' }],
  ['DATE', { kind: 'date' }],
  ['TIME', { kind: 'time' }],
  ['BYTES', { kind: 'bytes' }],
  ['JSON', { kind: 'json' }],
]);

/** Columns of a REST schema. Throws COLUMN_TYPE_UNSUPPORTED for the first type that the format cannot hold. */
export function restColumns(fields: readonly RestField[]): Column[] {
  return fields.map((field) => {
    const type = restType(field);
    return { name: field.name, type: 'kind' in type ? type : refuse(field.name, type) };
  });
}

interface Unsupported {
  readonly unsupported: string;
}

function restType(field: RestField): ColumnType | Unsupported {
  const element = restElementType(field);
  if (field.mode?.toUpperCase() !== 'REPEATED') return element;
  return 'kind' in element ? { kind: 'array', element } : { unsupported: `ARRAY<${element.unsupported}>` };
}

function restElementType(field: RestField): ColumnType | Unsupported {
  const name = field.type.toUpperCase();
  if (name !== 'RECORD' && name !== 'STRUCT') return REST_TYPES.get(name) ?? { unsupported: name };
  return structOf((field.fields ?? []).map((child) => ({ name: child.name, type: restType(child) })));
}

/** Columns of an Arrow schema. Throws COLUMN_TYPE_UNSUPPORTED for the first type that the format cannot hold. */
export function arrowColumns(fields: readonly ArrowField[]): Column[] {
  return fields.map((field) => {
    const type = arrowType(field);
    return { name: field.name, type: 'kind' in type ? type : refuse(field.name, type) };
  });
}

/** An extension changes the meaning of an Arrow type; only these are known. */
const KNOWN_EXTENSIONS = new Set(['google:sqlType:json', 'google:sqlType:datetime']);

function arrowType(field: ArrowField): ColumnType | Unsupported {
  const { type, extension, children } = field;
  if (extension !== undefined && !KNOWN_EXTENSIONS.has(extension)) {
    return { unsupported: extension.replace(/^google:sqlType:/, '').toUpperCase() };
  }
  const shown = { unsupported: `${type.name}${type.bits === 0 ? '' : type.bits} (Arrow)` };
  switch (type.name) {
    case 'Utf8':
      return { kind: extension === 'google:sqlType:json' ? 'json' : 'string' };
    case 'Binary':
      return { kind: 'bytes' };
    case 'Bool':
      return { kind: 'bool' };
    case 'Int':
      return type.bits === 64 && type.isSigned ? { kind: 'int64' } : shown;
    case 'FloatingPoint':
      return type.unit === 2 ? { kind: 'float64' } : shown;
    case 'Decimal':
      return decimalType(type) ?? shown;
    case 'Date':
      return type.unit === 0 ? { kind: 'date' } : shown;
    case 'Time':
      return type.bits === 64 && type.unit === 2 ? { kind: 'time' } : shown;
    case 'Timestamp':
      if (type.unit !== 2) return shown;
      return { kind: type.hasZone && extension !== 'google:sqlType:datetime' ? 'timestamp' : 'datetime' };
    case 'List': {
      // The extension of an array is about its elements.
      const [child] = children;
      const element = child === undefined ? shown : arrowType({ ...child, extension: child.extension ?? extension });
      return 'kind' in element ? { kind: 'array', element } : { unsupported: `ARRAY<${element.unsupported}>` };
    }
    case 'Struct':
      return structOf(children.map((child) => ({ name: child.name, type: arrowType(child) })));
    default:
      return shown;
  }
}

/** A decimal of 128 or 256 bits whose scale is within its digits. */
function decimalType({ bits, scale }: ArrowType): ColumnType | undefined {
  if (scale < 0) return undefined;
  if (bits === 128 && scale <= 38) return { kind: 'numeric', scale, words: 4 };
  return bits === 256 && scale <= 76 ? { kind: 'numeric', scale, words: 8 } : undefined;
}

function structOf(
  children: readonly { readonly name: string; readonly type: ColumnType | Unsupported }[],
): ColumnType | Unsupported {
  const fields: Column[] = [];
  for (const { name, type } of children) {
    if (!('kind' in type)) return { unsupported: `STRUCT<${name} ${type.unsupported}>` };
    fields.push({ name, type });
  }
  return { kind: 'struct', fields };
}

function refuse(name: string, { unsupported }: Unsupported): never {
  throw new ContrailError(
    'COLUMN_TYPE_UNSUPPORTED',
    `Column ${JSON.stringify(name)} has the type ${unsupported}, which the file format cannot hold.`,
    { subject: name, hint: 'Cast the column in the view to another type, such as STRING or FLOAT64.' },
  );
}
