/** Finds the slices of a very large table: where its rows are stored, and how many each slice has. */
import type { Column } from '../../domain/column-type.ts';
import type { Catalog } from './catalog.ts';
import { restColumns } from './column-types.ts';
import { countQuery, dimensionsOf, groupsOf, type Slice, slicesOf } from './divide-table.ts';
import type { QueryRequest, QueryRunner } from './query.ts';
import { type TableName, tablePath } from './sql.ts';

export interface DivisionRequest extends Omit<QueryRequest, 'sql' | 'rowsInReply'> {
  readonly name: TableName;
  readonly isView: boolean;
  /** Approximate number of parts. */
  readonly parts: number;
}

export interface Division {
  readonly columns: readonly Column[];
  readonly rowCount: number;
  /** Where the rows are stored: the table, or the anonymous table of a query over the view. */
  readonly table: TableName;
  /** Read the table as of this time; an anonymous table does not change. */
  readonly snapshotAt: number | undefined;
  readonly slices: readonly Slice[];
  /** Wanted rows of a part. */
  readonly wantedRows: number;
}

export interface DivisionDependencies {
  readonly queries: QueryRunner;
  readonly catalog: Catalog;
}

/** Undefined if the table is gone. */
export async function divideRows(deps: DivisionDependencies, request: DivisionRequest): Promise<Division | undefined> {
  const stored = request.isView ? await storeView(deps, request) : await lookAtTable(deps, request);
  if (stored === undefined) return undefined;
  const dimensions = dimensionsOf(stored.columns);
  const path = tablePath(stored.table);
  const byWindow = await deps.queries.list({ ...request, sql: countQuery(path, dimensions, false) });
  let groups = groupsOf(byWindow.rows, dimensions, false);
  const rowCount = groups.reduce((sum, group) => sum + group.rows, 0);
  const wantedRows = Math.max(1, Math.ceil(rowCount / request.parts));
  if (dimensions.hasMetrics && groups.some((group) => group.rows > LARGE_WINDOW * wantedRows)) {
    const byMetric = await deps.queries.list({ ...request, sql: countQuery(path, dimensions, true) });
    groups = groupsOf(byMetric.rows, dimensions, true);
  }
  return {
    ...stored,
    rowCount,
    snapshotAt: request.isView ? undefined : byWindow.startedAt,
    slices: slicesOf(groups, dimensions, wantedRows),
    wantedRows,
  };
}

/** A window is split if it has this many times the rows of a part. */
const LARGE_WINDOW = 1.5;

type Stored = Pick<Division, 'columns' | 'table'>;

/** A view cannot be read in slices, but the result of a query over it can, for a day. */
async function storeView({ queries }: DivisionDependencies, request: DivisionRequest): Promise<Stored> {
  const sql = `SELECT * FROM ${tablePath(request.name)}`;
  const { job, fields } = await queries.run({ ...request, sql, rowsInReply: 0 });
  return { columns: restColumns(fields), table: await queries.destinationOf(job, request.meter, request.signal) };
}

async function lookAtTable({ catalog }: DivisionDependencies, request: DivisionRequest): Promise<Stored | undefined> {
  const table = await catalog.table(request.name, request.meter, request.signal);
  return table === undefined ? undefined : { columns: restColumns(table.schema?.fields ?? []), table: request.name };
}
