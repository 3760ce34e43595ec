/** The tables of the results dataset, by experiment and period: which windows there are, and when they last changed. */
import { enrollmentsTableName } from '../analysis-run.ts';
import { ANALYSIS_PERIODS, type AnalysisPeriod } from '../analysis-period.ts';
import { normaliseSlug } from '../slug.ts';
import { namesWithPrefix } from '../sorted-names.ts';
import { statisticsTableName } from '../statistics-name.ts';
import { WINDOW_PERIODS } from '../window-period.ts';
import { type WindowList, windowList } from './window-list.ts';

export interface ListedTable {
  readonly name: string;
  readonly kind: 'table' | 'view';
  /** Milliseconds since 1970; absent in a warehouse without times, and where a time takes a request. */
  readonly modifiedAt?: number;
}

/** `statistics_my_slug_week` and the window of `statistics_my_slug_week_3`. */
const WINDOW_TABLE = /^(statistics_.+)_(\d{1,15})$/s;

export class WindowTables {
  readonly #byName = new Map<string, ListedTable>();
  /** Tables and their windows by the name without the window. */
  readonly #windows = new Map<string, { readonly table: ListedTable; readonly window: number }[]>();
  #sortedNames: readonly string[] | undefined;

  constructor(listing: Iterable<ListedTable>) {
    for (const table of listing) {
      this.#byName.set(table.name, table);
      if (table.kind === 'view') continue;
      const [, stem, window] = WINDOW_TABLE.exec(table.name) ?? [];
      if (stem === undefined) continue;
      const entry = { table, window: Number(window) };
      const known = this.#windows.get(stem);
      if (known === undefined) this.#windows.set(stem, [entry]);
      else known.push(entry);
    }
  }

  /** Whether there is nothing to read for a period: no plain table of the view's name, and no table of a window. */
  lacksTables(slug: string, period: AnalysisPeriod): boolean {
    return !this.isPlainTable(slug, period) && !this.#windows.has(stemOf(slug, period));
  }

  /** Whether a period is one table, which is replaced as a whole, instead of a view of the tables of its windows. */
  isPlainTable(slug: string, period: AnalysisPeriod): boolean {
    return this.#byName.get(statisticsTableName(slug, period))?.kind === 'table';
  }

  windowsOf(slug: string, period: AnalysisPeriod): WindowList {
    return windowList((this.#windows.get(stemOf(slug, period)) ?? []).map(({ window }) => window));
  }

  /** All tables that an analysis of the experiment writes: statistics, enrollments, metrics. */
  tablesOf(slug: string): readonly ListedTable[] {
    const normalised = normaliseSlug(slug);
    const windows = ANALYSIS_PERIODS.flatMap((period) => this.#windows.get(stemOf(slug, period)) ?? []);
    const metrics = [`${normalised}_enrollments_`, `${normalised}_exposures_`].flatMap((prefix) =>
      this.#withPrefix(prefix),
    );
    const enrollments = this.#byName.get(enrollmentsTableName(slug));
    return [...windows.map(({ table }) => table), ...metrics, ...(enrollments === undefined ? [] : [enrollments])];
  }

  #withPrefix(prefix: string): ListedTable[] {
    this.#sortedNames ??= [...this.#byName.keys()].sort();
    const found = namesWithPrefix(this.#sortedNames, prefix).flatMap((name) => this.#byName.get(name) ?? []);
    return found.filter(({ kind }) => kind === 'table');
  }
}

function stemOf(slug: string, period: AnalysisPeriod): string {
  return `statistics_${normaliseSlug(slug)}_${WINDOW_PERIODS[period]}`;
}

/** When the newest of these tables changed, milliseconds since 1970; undefined where times are not known. */
export function newestChange(tables: readonly ListedTable[]): number | undefined {
  let newest: number | undefined;
  for (const { modifiedAt } of tables) {
    if (modifiedAt !== undefined && (newest === undefined || modifiedAt > newest)) newest = modifiedAt;
  }
  return newest;
}
