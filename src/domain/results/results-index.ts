/** Questions to the columns of a statistics file. */
import type { AnalysisBasis } from '../trace/inputs.ts';
import { NO_WINDOW, type NumberColumn, type ResultsTable, type TextColumn } from './results-table.ts';

/** A value with its interval. */
export interface Estimate {
  readonly point: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
  readonly ciWidth: number | null;
}

/** A row without a parameter. */
export interface ResultsRow extends Estimate {
  readonly metric: string;
  readonly statistic: string;
  readonly branch: string;
  /** null: the row is the value of its branch, not a comparison. */
  readonly comparison: string | null;
  /** The branch that it is compared with. */
  readonly against: string | null;
  readonly window: number | null;
}

/** Rows of a file with one basis and one segment. */
export interface GroupPlace {
  readonly basis: AnalysisBasis;
  readonly segment: string;
}

export interface RowFilter extends GroupPlace {
  /** null: rows without a window; absent: rows of every window. */
  readonly window?: number | null | undefined;
  readonly metric?: string | undefined;
}

export interface DistributionName {
  readonly metric: string;
  readonly statistic: string;
}

/** The windows of each statistic of each metric of a group, ascending, null first. */
export type Catalogue = ReadonlyMap<string, ReadonlyMap<string, readonly (number | null)[]>>;

export class ResultsIndex {
  readonly table: ResultsTable;
  readonly #catalogues = new Map<string, Catalogue>();
  readonly #groups: ReadonlyMap<string, GroupPlace & { readonly windows: readonly (number | null)[] }>;

  constructor(table: ResultsTable) {
    this.table = table;
    this.#groups = groupsOf(table);
  }

  /** Segments with rows of a basis, `all` first. */
  segments(basis: AnalysisBasis): string[] {
    const names = [...this.#groups.values()].filter((group) => group.basis === basis).map(({ segment }) => segment);
    return names.sort((a, b) => Number(b === 'all') - Number(a === 'all') || (a < b ? -1 : 1));
  }

  /** Ascending, null first. */
  windows(place: GroupPlace): readonly (number | null)[] {
    return this.#groups.get(groupKey(place))?.windows ?? [];
  }

  hasRows(place: GroupPlace): boolean {
    return this.#groups.has(groupKey(place));
  }

  /** What a group has; kept, because every page of the group needs it. */
  catalogue(place: GroupPlace): Catalogue {
    const key = groupKey(place);
    const known = this.#catalogues.get(key);
    if (known !== undefined || !this.hasRows(place)) return known ?? new Map();
    const catalogue = this.#makeCatalogue(place);
    this.#catalogues.set(key, catalogue);
    return catalogue;
  }

  /** In the file's order. */
  rows(filter: RowFilter): ResultsRow[] {
    const { codes, windows } = this.table;
    const basis = this.#code('basis', filter.basis);
    const segment = this.#code('segment', filter.segment);
    const metric = filter.metric === undefined ? undefined : this.#code('metric', filter.metric);
    const window = filter.window === undefined ? undefined : (filter.window ?? NO_WINDOW);
    const found: ResultsRow[] = [];
    for (let row = 0; row < this.table.rowCount; row++) {
      if (codes.basis[row] !== basis || codes.segment[row] !== segment) continue;
      if (window !== undefined && windows[row] !== window) continue;
      if (metric !== undefined && codes.metric[row] !== metric) continue;
      found.push(this.#row(row));
    }
    return found;
  }

  /** Distributions of a group in one window, by metric and statistic. */
  distributions({ basis, segment, window }: GroupPlace & { readonly window: number | null }): DistributionName[] {
    const { texts, distributions } = this.table;
    const { codes, windows } = distributions;
    const wanted = { basis: this.#code('basis', basis), segment: this.#code('segment', segment) };
    const found: DistributionName[] = [];
    for (const [index, metric] of codes.metric.entries()) {
      const isWanted = codes.basis[index] === wanted.basis && codes.segment[index] === wanted.segment;
      if (!isWanted || windows[index] !== (window ?? NO_WINDOW)) continue;
      found.push({
        metric: texts.metric[metric] ?? '',
        statistic: texts.statistic[codes.statistic[index] ?? 0] ?? '',
      });
    }
    return found;
  }

  #makeCatalogue({ basis, segment }: GroupPlace): Catalogue {
    const { codes, windows, rowCount } = this.table;
    const wanted = { basis: this.#code('basis', basis), segment: this.#code('segment', segment) };
    const found = new Map<string, Map<string, Set<number>>>();
    for (let row = 0; row < rowCount; row++) {
      if (codes.basis[row] !== wanted.basis || codes.segment[row] !== wanted.segment) continue;
      const metric = this.#text('metric', row) ?? '';
      const statistic = this.#text('statistic', row) ?? '';
      const statistics = found.get(metric) ?? new Map<string, Set<number>>();
      found.set(metric, statistics);
      const own = statistics.get(statistic) ?? new Set();
      statistics.set(statistic, own);
      own.add(windows[row] ?? NO_WINDOW);
    }
    return new Map(
      [...found].map(([metric, statistics]) => [
        metric,
        new Map([...statistics].map(([statistic, own]) => [statistic, windowList(own)])),
      ]),
    );
  }

  /** The code of a text, or -1. */
  #code(column: TextColumn, text: string): number {
    return this.table.texts[column].indexOf(text, 1);
  }

  #row(row: number): ResultsRow {
    const { windows } = this.table;
    const window = windows[row] ?? NO_WINDOW;
    return {
      metric: this.#text('metric', row) ?? '',
      statistic: this.#text('statistic', row) ?? '',
      branch: this.#text('branch', row) ?? '',
      comparison: this.#text('comparison', row),
      against: this.#text('against', row),
      window: window === NO_WINDOW ? null : window,
      point: this.#number('point', row),
      lower: this.#number('lower', row),
      upper: this.#number('upper', row),
      ciWidth: this.#number('ciWidth', row),
    };
  }

  #text(column: TextColumn, row: number): string | null {
    const code = this.table.codes[column][row] ?? 0;
    return code === 0 ? null : (this.table.texts[column][code] ?? null);
  }

  #number(column: NumberColumn, row: number): number | null {
    const value = this.table.numbers[column][row] ?? Number.NaN;
    return Number.isNaN(value) ? null : value;
  }
}

function groupsOf({ rowCount, codes, texts, windows }: ResultsTable) {
  const found = new Map<number, { basis: number; segment: number; windows: Set<number> }>();
  const segments = texts.segment.length;
  for (let row = 0; row < rowCount; row++) {
    const basis = codes.basis[row] ?? 0;
    const segment = codes.segment[row] ?? 0;
    const key = basis * segments + segment;
    const group = found.get(key) ?? { basis, segment, windows: new Set() };
    found.set(key, group);
    group.windows.add(windows[row] ?? NO_WINDOW);
  }
  return new Map(
    [...found.values()].map((group) => {
      const basis: AnalysisBasis = texts.basis[group.basis] === 'exposures' ? 'exposures' : 'enrollments';
      const place = { basis, segment: texts.segment[group.segment] ?? '' };
      return [groupKey(place), { ...place, windows: windowList(group.windows) }] as const;
    }),
  );
}

function windowList(windows: ReadonlySet<number>): (number | null)[] {
  return [...windows].sort((a, b) => a - b).map((window) => (window === NO_WINDOW ? null : window));
}

function groupKey({ basis, segment }: GroupPlace): string {
  return `${basis} ${segment}`;
}
