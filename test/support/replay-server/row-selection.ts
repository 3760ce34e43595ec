/** Parts of a table's content in an order: what SELECT leaves of it. */
import type { CellValue } from '../column-batches.ts';
import { cellText, type ExplicitRow } from './explicit-content.ts';
import type { TableField } from './field-schema.ts';
import type { OrderKey, Statement } from './statements.ts';
import type { RowRange, TableContent } from './table-content.ts';

export interface Selection {
  readonly fields: readonly TableField[];
  /** They follow each other without a gap. */
  readonly ranges: readonly RowRange[];
  readonly limit: number | undefined;
}

/** A run of rows of another content. Throws SyntaxError for ranges with a gap between them. */
export function selectRange(base: TableContent, { fields, ranges, limit = Infinity }: Selection): TableContent {
  const from = ranges[0]?.from ?? 0;
  const end = ranges.reduce((row, range) => {
    if (range.from !== row) throw new SyntaxError('the replay server selects windows that follow each other only');
    return range.to;
  }, from);
  const to = Math.min(end, from + limit);
  const isAll = from === 0 && to === base.rowCount;
  const shifted = (range: RowRange): RowRange => ({ from: range.from + from, to: range.to + from });
  const isInside = (range: RowRange): boolean => range.from >= from && range.to <= to;
  return {
    fields,
    rowCount: to - from,
    byteCount: isAll ? base.byteCount : Math.round((base.byteCount * (to - from)) / Math.max(1, base.rowCount)),
    batchEnd: (row) => Math.min(to, base.batchEnd(row + from)) - from,
    columns: (wanted, range) => base.columns(wanted, shifted(range)),
    response: (wanted, range) => base.response(wanted, shifted(range)),
    windowCounts: () => (isAll ? base.windowCounts() : []),
    rangesOfWindows: (isWanted) =>
      base
        .rangesOfWindows(isWanted)
        .filter(isInside)
        .map((range) => ({ from: range.from - from, to: range.to - from })),
  };
}

/** Rows sorted as the statement says, NULL first; rows that compare equal keep their order. */
export function sortedRows(
  fields: readonly TableField[],
  rows: readonly ExplicitRow[],
  { orderBy }: Pick<Statement, 'orderBy'>,
): ExplicitRow[] {
  const types = new Map(fields.map((field) => [field.name, field.type]));
  const compare = ({ column, descending }: OrderKey, a: ExplicitRow, b: ExplicitRow): number => {
    const isText = types.get(column) === 'STRING';
    return (descending ? -1 : 1) * compareCells(a[column], b[column], isText);
  };
  return rows.toSorted((a, b) => orderBy.map((key) => compare(key, a, b)).find((order) => order !== 0) ?? 0);
}

function compareCells(a: CellValue, b: CellValue, isText: boolean): number {
  const ranks = [rankOf(a), rankOf(b)] as const;
  if (ranks[0] !== ranks[1] || ranks[0] < 2) return ranks[0] - ranks[1];
  if (isText) return Buffer.compare(Buffer.from(cellText(a)), Buffer.from(cellText(b)));
  if (typeof a === 'bigint' && typeof b === 'bigint') return a < b ? -1 : Number(a > b);
  const [left, right] = [Number(a), Number(b)];
  // Dates and times are written so that their texts have their order.
  return Number.isNaN(left - right)
    ? cellText(a) < cellText(b)
      ? -1
      : Number(cellText(a) > cellText(b))
    : left - right;
}

/** NULL comes first, then NaN. */
function rankOf(cell: CellValue): number {
  if (cell === null || cell === undefined) return 0;
  return typeof cell === 'number' && Number.isNaN(cell) ? 1 : 2;
}
