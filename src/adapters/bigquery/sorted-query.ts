/** Queries all rows of a table or view in the order of the file. */
import type { Column } from '../../domain/column-type.ts';
import { restColumns } from './column-types.ts';
import type { QueryRequest, QueryResult, QueryRunner } from './query.ts';
import { CONTRACT_ORDER, isContractOrder, orderByColumns } from './row-order.ts';
import { type TableName, tablePath } from './sql.ts';
import { isTableMissing, ServiceRefusal } from './vendor-errors.ts';

export interface SortedRows {
  readonly result: QueryResult;
  readonly columns: readonly Column[];
}

/**
 * Runs the query, twice if the columns are not the usual ones. Undefined if there is no such table. Throws
 * COLUMN_TYPE_UNSUPPORTED, and the service's refusals.
 */
export async function querySorted(
  queries: QueryRunner,
  table: TableName,
  request: Omit<QueryRequest, 'sql'>,
): Promise<SortedRows | undefined> {
  const select = `SELECT * FROM ${tablePath(table)}`;
  const run = async (order: string | undefined): Promise<SortedRows> => {
    const sql = order === undefined ? select : `${select} ORDER BY ${order}`;
    const result = await queries.run({ ...request, sql });
    return { result, columns: restColumns(result.fields) };
  };
  try {
    const sorted = await run(CONTRACT_ORDER);
    return isContractOrder(sorted.columns) ? sorted : await run(orderByColumns(sorted.columns));
  } catch (error) {
    if (isTableMissing(error, table)) return undefined;
    if (!mayLackColumns(error)) throw error;
  }
  // Asking for the columns is free, and shows the real error if it is not the columns.
  const { fields } = await queries.dryRun({ ...request, sql: select });
  return run(orderByColumns(restColumns(fields)));
}

/** Whether a query may have been refused for a column's name or type. */
function mayLackColumns(error: unknown): boolean {
  if (!(error instanceof ServiceRefusal) || error.status !== 400) return false;
  return !['bytesBilledLimitExceeded', 'resourcesExceeded', 'responseTooLarge'].includes(error.reason);
}
