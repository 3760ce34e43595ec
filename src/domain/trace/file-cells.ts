/** The rows of a statistics file, reduced to what the trace needs of each cell. */
import type { AnalysisPeriod } from '../analysis-period.ts';
import type { ConsoleRules } from '../console-rules.ts';
import { FirstWindow } from './first-window.ts';
import { cellId, type FileRow, groupId } from './statistics-row.ts';
import { usedWindow } from './travel.ts';

export interface FileCell {
  readonly windows: ReadonlySet<number>;
  readonly statistics: ReadonlyMap<string, FirstWindow>;
}

const WINDOW = /^[0-9]{1,15}$/;

interface FilePlace {
  readonly period: AnalysisPeriod;
  readonly rules: ConsoleRules;
}

/** Takes the rows of one file, in any number of batches. Rows without a window are in no cell. */
export class FileCells {
  readonly #place: FilePlace;
  readonly #cells = new Map<string, { readonly windows: Set<number>; readonly statistics: Map<string, FirstWindow> }>();
  readonly #groups = new Set<string>();

  constructor(place: FilePlace) {
    this.#place = place;
  }

  /** By `cellId`. */
  get cells(): ReadonlyMap<string, FileCell> {
    return this.#cells;
  }

  /** The `groupId`s with rows. */
  get groups(): ReadonlySet<string> {
    return this.#groups;
  }

  add(rows: Iterable<FileRow>): this {
    for (const row of rows) this.#addRow(row);
    return this;
  }

  #addRow(row: FileRow): void {
    const { metric, analysis_basis: basis, segment, statistic } = row;
    this.#groups.add(groupId(basis, segment));
    const window = windowOf(row);
    if (window === undefined || typeof statistic !== 'string') return;
    const id = cellId(metric, basis, segment);
    const cell = this.#cells.get(id) ?? { windows: new Set(), statistics: new Map<string, FirstWindow>() };
    this.#cells.set(id, cell);
    cell.windows.add(window);
    const first = cell.statistics.get(statistic) ?? new FirstWindow();
    cell.statistics.set(statistic, first);
    const used = usedWindow(this.#place.period, metric, this.#place.rules);
    if (used === undefined || used === window) first.add(row, window);
  }
}

function windowOf({ window_index: index }: FileRow): number | undefined {
  const text = typeof index === 'number' ? String(index) : index;
  return typeof text === 'string' && WINDOW.test(text) ? Number(text) : undefined;
}
