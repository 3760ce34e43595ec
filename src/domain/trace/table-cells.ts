/** The rows of a per-window table, reduced to what the trace needs of each cell. */
import { type RefusedField, refusedField, type RowPlace } from './refused-field.ts';
import { cellId, groupId, isAbsolute, numberOf, type StatisticsRow } from './statistics-row.ts';

export interface TableCells {
  /** By `cellId`: the field for which the first row is refused if every row is; null if one may be published. */
  readonly refused: ReadonlyMap<string, RefusedField | null>;
  /** By `groupId`: the sum of the client counts over branches. */
  readonly clients: ReadonlyMap<string, number>;
}

/** Reduces the rows of one table. */
export function tableCells(rows: Iterable<StatisticsRow>, place: RowPlace): TableCells {
  const refused = new Map<string, RefusedField | null>();
  const clients = new Map<string, number>();
  for (const row of rows) {
    const { metric, analysis_basis: basis, segment } = row;
    const id = cellId(metric, basis, segment);
    const field = refusedField(row, place) ?? null;
    // The field of the first row stays until a row has none.
    if (field === null || !refused.has(id)) refused.set(id, field);
    const points = metric === place.rules.clientsMetric && isAbsolute(row) ? numberOf(row.point) : null;
    if (typeof points !== 'number') continue;
    const group = groupId(basis, segment);
    clients.set(group, (clients.get(group) ?? 0) + points);
  }
  return { refused, clients };
}
