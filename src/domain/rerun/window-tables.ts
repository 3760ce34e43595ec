/** The tables of the results dataset, by experiment and period: which windows there are, and when they last changed. */
import { enrollmentsTableName } from '../analysis-run.ts';
import { ANALYSIS_PERIODS, type AnalysisPeriod } from '../analysis-period.ts';
import { normaliseSlug } from '../slug.ts';
import { namesWithPrefix } from '../sorted-names.ts';
import { statisticsTableName } from '../statistics-name.ts';
import { WINDOW_PERIODS } from '../window-period.ts';
import { type WindowList, windowList } from './window-list.ts';

export interface TableEntry {
  readonly name: string;
  readonly kind: 'table' | 'view';
  /** Milliseconds since 1970; absent in a warehouse without times, and where a time takes a request. */
  readonly changedAt?: number;
}

/** `statistics_my_slug_week` and the window of `statistics_my_slug_week_3`. */
const WINDOW_TABLE = /^(statistics_.+)_(\d{1,15})$/s;

export class WindowTables {
  readonly #byName = new Map<string, TableEntry>();
  /** Tables and their windows by the name without the window. */
  readonly #windows = new Map<string, { readonly table: TableEntry; readonly window: number }[]>();
  #sortedNames: readonly string[] | undefined;

  constructor(listing: Iterable<TableEntry>) {
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
    return !this.#isPlainTable(slug, period) && !this.#windows.has(stemOf(slug, period));
  }

  /** Whether a period is a view of the tables of its windows. Other sources are replaced as a whole. */
  isByWindow(slug: string, period: AnalysisPeriod): boolean {
    return !this.#isPlainTable(slug, period) && this.#windows.has(stemOf(slug, period));
  }

  windowsOf(slug: string, period: AnalysisPeriod): WindowList {
    return windowList((this.#windows.get(stemOf(slug, period)) ?? []).map(({ window }) => window));
  }

  /** All tables that an analysis of the experiment writes: statistics, enrollments, metrics. */
  tablesOf(slug: string): readonly TableEntry[] {
    const normalised = normaliseSlug(slug);
    const windows = ANALYSIS_PERIODS.flatMap((period) => this.#windows.get(stemOf(slug, period)) ?? []);
    const metrics = [`${normalised}_enrollments_`, `${normalised}_exposures_`].flatMap((prefix) =>
      this.#withPrefix(prefix),
    );
    const enrollments = this.#byName.get(enrollmentsTableName(slug));
    return [...windows.map(({ table }) => table), ...metrics, ...(enrollments === undefined ? [] : [enrollments])];
  }

  #isPlainTable(slug: string, period: AnalysisPeriod): boolean {
    return this.#byName.get(statisticsTableName(slug, period))?.kind === 'table';
  }

  #withPrefix(prefix: string): TableEntry[] {
    this.#sortedNames ??= [...this.#byName.keys()].sort();
    const found = namesWithPrefix(this.#sortedNames, prefix).flatMap((name) => this.#byName.get(name) ?? []);
    return found.filter(({ kind }) => kind === 'table');
  }
}

function stemOf(slug: string, period: AnalysisPeriod): string {
  return `statistics_${normaliseSlug(slug)}_${WINDOW_PERIODS[period]}`;
}
