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

export interface FileCells {
  /** By `cellId`. */
  readonly cells: ReadonlyMap<string, FileCell>;
  /** The `groupId`s with rows. */
  readonly groups: ReadonlySet<string>;
}

const WINDOW = /^[0-9]{1,15}$/;

/** Reduces the rows of one file. Rows without a window are in no cell. */
export function fileCells(
  rows: Iterable<FileRow>,
  { period, rules }: { readonly period: AnalysisPeriod; readonly rules: ConsoleRules },
): FileCells {
  const cells = new Map<string, { readonly windows: Set<number>; readonly statistics: Map<string, FirstWindow> }>();
  const groups = new Set<string>();
  for (const row of rows) {
    const { metric, analysis_basis: basis, segment, statistic } = row;
    groups.add(groupId(basis, segment));
    const window = windowOf(row);
    if (window === undefined || typeof statistic !== 'string') continue;
    const id = cellId(metric, basis, segment);
    const cell = cells.get(id) ?? { windows: new Set(), statistics: new Map() };
    cells.set(id, cell);
    cell.windows.add(window);
    const first = cell.statistics.get(statistic) ?? new FirstWindow();
    cell.statistics.set(statistic, first);
    const used = usedWindow(period, metric, rules);
    if (used === undefined || used === window) first.add(row, window);
  }
  return { cells, groups };
}

function windowOf({ window_index: index }: FileRow): number | undefined {
  const text = typeof index === 'number' ? String(index) : index;
  return typeof text === 'string' && WINDOW.test(text) ? Number(text) : undefined;
}
