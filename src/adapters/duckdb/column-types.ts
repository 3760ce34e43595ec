/** DuckDB's types as types of the file format. */
import { type DuckDBType, DuckDBTypeId } from '@duckdb/node-api';
import type { Column, ColumnType } from '../../domain/column-type.ts';
import { ContrailError } from '../../domain/errors.ts';

/**
 * The type of a column. Throws COLUMN_TYPE_UNSUPPORTED for types without an exact counterpart (HUGEINT, UBIGINT, FLOAT,
 * INTERVAL, UUID, ENUM, MAP, …). TIMESTAMP without a zone is BigQuery's DATETIME.
 */
export function toColumn(name: string, type: DuckDBType): Column {
  const columnType = toColumnType(type);
  if (columnType !== undefined) return { name, type: columnType };
  throw new ContrailError(
    'COLUMN_TYPE_UNSUPPORTED',
    `Column ${JSON.stringify(name)} has the type ${String(type)}, which the file format cannot hold.`,
    { subject: name, hint: 'Cast the column in the view to a type of BigQuery, such as VARCHAR, DOUBLE or BIGINT.' },
  );
}

function toColumnType(type: DuckDBType): ColumnType | undefined {
  switch (type.typeId) {
    case DuckDBTypeId.VARCHAR:
      if (type.alias === 'JSON') return { kind: 'json' };
      return type.alias === undefined ? { kind: 'string' } : undefined;
    case DuckDBTypeId.DOUBLE:
      return { kind: 'float64' };
    case DuckDBTypeId.TINYINT:
    case DuckDBTypeId.SMALLINT:
    case DuckDBTypeId.INTEGER:
    case DuckDBTypeId.BIGINT:
      return { kind: 'int64' };
    case DuckDBTypeId.DECIMAL:
      return { kind: 'numeric', scale: type.scale, words: 4 };
    case DuckDBTypeId.BOOLEAN:
      return { kind: 'bool' };
    case DuckDBTypeId.TIMESTAMP_TZ:
      return { kind: 'timestamp' };
    case DuckDBTypeId.TIMESTAMP:
      return { kind: 'datetime' };
    case DuckDBTypeId.DATE:
      return { kind: 'date' };
    case DuckDBTypeId.TIME:
      return { kind: 'time' };
    case DuckDBTypeId.BLOB:
      return { kind: 'bytes' };
    case DuckDBTypeId.LIST:
    case DuckDBTypeId.ARRAY: {
      const element = toColumnType(type.valueType);
      return element === undefined ? undefined : { kind: 'array', element };
    }
    case DuckDBTypeId.STRUCT:
      return toStructType(type.entryNames, type.entryTypes);
    default:
      return undefined;
  }
}

function toStructType(names: readonly string[], types: readonly DuckDBType[]): ColumnType | undefined {
  const fields: Column[] = [];
  for (const [index, fieldType] of types.entries()) {
    const type = toColumnType(fieldType);
    if (type === undefined) return undefined;
    fields.push({ name: names[index] ?? '', type });
  }
  return { kind: 'struct', fields };
}
