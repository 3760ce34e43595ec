/** Experiment, period and window from the name of an analysis table (spec: monitoring, section 5). */
import { normaliseSlug } from './slug.ts';
import { assignTables, type OwnableTable, tableReadings } from './table-owners.ts';

export interface TableNameParts {
  /**
   * The slug as production derives it: `_` becomes `-`, and it is cut at an `enrollments` or `exposures` inside it.
   * `experimentOfTable` finds the real experiment. Null: the name has none.
   */
  readonly slug: string | null;
  readonly period: string | null;
  readonly index: number | null;
}

/** The longest table name in BigQuery. The patterns take quadratic time. */
const LONGEST_NAME = 1024;

/** The longer one first where one ends in another. */
const PERIODS = 'preenrollment_days28|preenrollment_week|days28|overall|week|day';

// In the first of them the period need not follow a `_`: production also matches `..._biweek_1`.
const METRICS_TABLE = new RegExp(`^(.+?)_(?:enrollments|exposures)_.*(?:${PERIODS})_\\d+$`, 's');
const STATISTICS_TABLE = new RegExp(`^statistics_(.+)_(?:${PERIODS})_\\d+$`, 's');
const ENROLLMENTS_TABLE = /^enrollments_(.+)$/s;
const WINDOW = new RegExp(`(${PERIODS})_(\\d+)$`);

/** Slug, period and window from a table's name; null where the name has none. */
export function parseCostTableName(table: string): TableNameParts {
  if (table.length > LONGEST_NAME) return { slug: null, period: null, index: null };
  const ofWindow = (METRICS_TABLE.exec(table) ?? STATISTICS_TABLE.exec(table))?.[1];
  const ofEnrollments = ofWindow === undefined ? ENROLLMENTS_TABLE.exec(table)?.[1] : undefined;
  const slug = (ofWindow ?? ofEnrollments)?.replaceAll('_', '-') ?? null;
  const window = ofEnrollments === undefined ? WINDOW.exec(table) : null;
  return window === null
    ? { slug, period: null, index: null }
    : { slug, period: window[1] ?? null, index: Number(window[2]) };
}

/** A table of the listing, if its description is known. */
export type DescribedTable = Pick<OwnableTable, 'name' | 'description'>;

/** Finds the experiment of a table. Build it once for a list of slugs. */
export class ExperimentsByTable {
  readonly #slugs: ReadonlyMap<string, readonly string[]>;
  readonly #longest: number;
  readonly #described: ReadonlyMap<string, string>;

  /** Of slugs with the same normal form, the first wins, unless the description of a listed table names another. */
  constructor(slugs: Iterable<string>, listing: readonly DescribedTable[] = []) {
    const byName = new Map<string, string[]>();
    for (const slug of new Set(slugs)) {
      const name = normaliseSlug(slug);
      if (name !== '') byName.set(name, [...(byName.get(name) ?? []), slug]);
    }
    this.#slugs = byName;
    this.#longest = Math.max(0, ...[...byName.keys()].map((name) => name.length));
    this.#described = describedOwners(listing);
  }

  /**
   * By description; else the longest normalised slug that leaves a period, or that the table's name begins with.
   * Undefined: none does.
   */
  find(table: string): string | undefined {
    return this.#described.get(table) ?? this.#ofStatistics(table)[0] ?? this.#ofBeginning(table);
  }

  /** Whether the name of a statistics table fits several experiments, so that only a description tells whose it is. */
  isAmbiguous(table: string): boolean {
    return this.#ofStatistics(table).length > 1;
  }

  /** Longest first. */
  #ofStatistics(table: string): string[] {
    return tableReadings(table)
      .toReversed()
      .flatMap(({ normalised }) => this.#slugs.get(normalised) ?? []);
  }

  #ofBeginning(table: string): string | undefined {
    const candidates = [table, table.replace(/^(?:statistics|enrollments)_/, '')];
    const found = candidates.flatMap((name) => this.#longestPrefix(name) ?? []);
    return found.sort((a, b) => b.length - a.length)[0];
  }

  #longestPrefix(name: string): string | undefined {
    for (let end = Math.min(name.length, this.#longest); end > 0; end -= 1) {
      const endsAtWord = end === name.length || name[end] === '_';
      const slug = endsAtWord ? this.#slugs.get(name.slice(0, end))?.[0] : undefined;
      if (slug !== undefined) return slug;
    }
    return undefined;
  }
}

/** Tables whose description fits their name. */
function describedOwners(listing: readonly DescribedTable[]): Map<string, string> {
  const described = listing.flatMap((table) =>
    table.description === undefined ? [] : [{ ...table, kind: 'table' as const }],
  );
  const descriptions = new Map(described.map(({ name, description }) => [name, description]));
  const { windows, periods } = assignTables(described, []);
  const own = [...windows, ...periods].filter(({ table, slug }) => descriptions.get(table) === slug);
  return new Map(own.map(({ table, slug }) => [table, slug]));
}
