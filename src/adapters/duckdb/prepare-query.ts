/** Configured queries as prepared statements that only read. */
import {
  type DuckDBConnection,
  type DuckDBPreparedStatement,
  type DuckDBType,
  DuckDBTypeId,
  type DuckDBValue,
  LIST,
  listValue,
  StatementType,
  VARCHAR,
} from '@duckdb/node-api';
import type { Column } from '../../domain/column-type.ts';
import { ContrailError, errorText } from '../../domain/errors.ts';
import { checkColumnNames, queryFailed, queryRefused } from '../../domain/query-export/query-errors.ts';
import { isArrayParameter } from '../../domain/query-export/query-parameter.ts';
import { orderSql, tableSql } from '../../domain/query-export/query-sql.ts';
import { readSql, renameParameters } from '../../domain/query-export/sql-text.ts';
import type { QueryRequest } from '../../ports/query-source.ts';
import { toColumn } from './column-types.ts';
import { firstLine } from './database.ts';
import { duckDbWords, parameterSql } from './query-words.ts';
import { identifier } from './sql.ts';

export interface PreparedQuery {
  readonly sql: string;
  readonly statement: DuckDBPreparedStatement;
  readonly types: readonly DuckDBType[];
  readonly columns: readonly Column[];
}

type PrepareRequest = Pick<QueryRequest, 'name' | 'query' | 'parameters'>;

/**
 * Prepares a query in a transaction that cannot write. The configured text must be one SELECT by itself before the order is
 * written around it, so it cannot reach beyond its brackets.
 */
export async function prepareQuery(connection: DuckDBConnection, request: PrepareRequest): Promise<PreparedQuery> {
  try {
    await connection.run('BEGIN TRANSACTION READ ONLY');
    const inner = innerSql(request);
    const rows = await prepareSelect(connection, request.name, inner);
    const shape = shapeOf(rows);
    rows.destroySync();
    checkColumnNames(request.name, shape.columns, request.query.order);
    const fields = shape.columns.map(({ name }, index) => fieldSql(name, shape.types[index]));
    const order = orderSql(request.query.order, { identifier });
    const sql = `SELECT ${fields.join(', ')} FROM (\n${inner}\n) AS contrail_query${order}`;
    const statement = await prepareSelect(connection, request.name, sql);
    bind(statement, request);
    return { sql, statement, ...shapeOf(statement) };
  } catch (error) {
    throw queryError(request.name, error);
  }
}

/** DuckDB's words for what a transaction, a file or this process's settings do not allow. */
const NOT_ALLOWED =
  /^(?:Failed to extract statements: )?(?:Permission Error|TransactionContext Error: Cannot write|Invalid Input Error: Cannot execute statement of type)/;

/** An error of DuckDB about a configured query. */
export function queryError(name: string, error: unknown): ContrailError {
  if (error instanceof ContrailError) return error;
  const reason = firstLine(error).replace(/^Failed to extract statements: /, '');
  if (NOT_ALLOWED.test(errorText(error))) return queryRefused(name, reason.replace(/\.$/, ''), error);
  return queryFailed(name, reason, error);
}

function innerSql({ name, query, parameters }: PrepareRequest): string {
  if (query.from.kind === 'table') return tableSql(query.from, duckDbWords(parameters));
  const { statement, firstWord, hasMore } = readSql(query.from.sql, 'duckdb');
  if (firstWord === '') throw queryRefused(name, 'it is empty');
  if (hasMore) throw queryRefused(name, 'it has several statements');
  return renameParameters(statement, 'duckdb', (parameter) => parameterSql(parameter, parameters));
}

async function prepareSelect(
  connection: DuckDBConnection,
  name: string,
  sql: string,
): Promise<DuckDBPreparedStatement> {
  const statements = await connection.extractStatements(sql);
  if (statements.count !== 1) throw queryRefused(name, `it has ${statements.count} statements`);
  const statement = await statements.prepare(0);
  const type = statement.statementType;
  if (type !== StatementType.SELECT) throw queryRefused(name, `it is a statement of type ${StatementType[type]}`);
  return statement;
}

function shapeOf(statement: DuckDBPreparedStatement): Pick<PreparedQuery, 'types' | 'columns'> {
  const types = Array.from({ length: statement.columnCount }, (_, index) => statement.columnType(index));
  const columns = types.map((type, index): Column => {
    const name = statement.columnName(index);
    return type.typeId === DuckDBTypeId.HUGEINT ? { name, type: { kind: 'int64' } } : toColumn(name, type);
  });
  return { types, columns };
}

/** SUM of integers is a HUGEINT, and INT64 in BigQuery. */
function fieldSql(name: string, type: DuckDBType | undefined): string {
  const column = identifier(name);
  return type?.typeId === DuckDBTypeId.HUGEINT ? `CAST(${column} AS BIGINT) AS ${column}` : column;
}

function bind(statement: DuckDBPreparedStatement, { name, parameters }: PrepareRequest): void {
  for (let index = 1; index <= statement.parameterCount; index++) {
    const parameter = parameters[statement.parameterName(index)];
    if (parameter === undefined)
      throw queryFailed(name, `it has an unknown parameter ${statement.parameterName(index)}.`);
    const isArray = isArrayParameter(parameter);
    const value: DuckDBValue = isArray ? listValue([...parameter.values]) : parameter.value;
    statement.bindValue(index, value, isArray ? LIST(VARCHAR) : VARCHAR);
  }
}
