/** The rows of a per-window table, reduced to what the trace needs of each cell. */
import { type RefusedField, refusedField, type RowPlace } from './refused-field.ts';
import { cellId, groupId, isAbsolute, numberOf, type StatisticsRow } from './statistics-row.ts';

/** Takes the rows of one table, in any number of batches. */
export class TableCells {
  readonly #place: RowPlace;
  readonly #refused = new Map<string, RefusedField | null>();
  readonly #clients = new Map<string, number>();

  constructor(place: RowPlace) {
    this.#place = place;
  }

  /** By `cellId`: the field for which the first row is refused if every row is; null if one may be published. */
  get refused(): ReadonlyMap<string, RefusedField | null> {
    return this.#refused;
  }

  /** By `groupId`: the sum of the client counts over branches. */
  get clients(): ReadonlyMap<string, number> {
    return this.#clients;
  }

  add(rows: Iterable<StatisticsRow>): this {
    for (const row of rows) this.#addRow(row);
    return this;
  }

  #addRow(row: StatisticsRow): void {
    const { metric, analysis_basis: basis, segment } = row;
    const id = cellId(metric, basis, segment);
    const field = refusedField(row, this.#place) ?? null;
    // The field of the first row stays until a row has none.
    if (field === null || !this.#refused.has(id)) this.#refused.set(id, field);
    const points = metric === this.#place.rules.clientsMetric && isAbsolute(row) ? numberOf(row.point) : null;
    if (typeof points !== 'number') return;
    const group = groupId(basis, segment);
    this.#clients.set(group, (this.#clients.get(group) ?? 0) + points);
  }
}
