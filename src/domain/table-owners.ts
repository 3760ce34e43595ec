/**
 * Which experiment a statistics table belongs to (spec: today, section 3). The analysis writes the exact slug as the
 * description of its tables, so this counts first; it also tells slugs apart that are alike in table names. Then names.
 */
import { ANALYSIS_PERIODS, type AnalysisPeriod } from './analysis-period.ts';
import { isSlug, normaliseSlug } from './slug.ts';
import { WINDOW_PERIODS } from './window-period.ts';

export interface OwnableTable {
  readonly name: string;
  readonly kind: 'table' | 'view';
  readonly description?: string;
}

/** Another experiment, and the period that the table's name then has. */
export interface Rival {
  readonly slug: string;
  readonly period: AnalysisPeriod;
}

export interface OwnedTable {
  readonly table: string;
  readonly period: AnalysisPeriod;
  /** The exact slug, or the normalised one if only the table's name tells it. */
  readonly slug: string;
  /** Other experiments that the table may belong to, and whose file would have the same name. */
  readonly rivals: readonly Rival[];
}

export interface TableOwners {
  /** `statistics_<slug>_<window period>_<digits>`. */
  readonly windows: readonly OwnedTable[];
  /** `statistics_<slug>_<period>`: views, and plain tables of that name. */
  readonly periods: readonly OwnedTable[];
  /** Tables whose description is no slug that fits their name, and was ignored. */
  readonly contradictions: readonly string[];
}

/** One way to divide a table's name. */
export interface TableReading {
  readonly normalised: string;
  readonly period: AnalysisPeriod;
}

/** Longest first, so that the first reading of a name has the longest period. */
const PERIODS = [...ANALYSIS_PERIODS].sort((a, b) => b.length - a.length);
const TABLE_PREFIX = 'statistics_';

/** Assigns every statistics table. Known slugs come in order: of two that are alike in names, the earlier one is the owner. */
export function assignTables(tables: readonly OwnableTable[], slugs: readonly string[]): TableOwners {
  const known = bySpelling(slugs);
  const windows: OwnedTable[] = [];
  const contradictions: string[] = [];
  const described = new Map<string, Set<string>>();
  for (const { name, description } of tables) {
    const window = /^(.+_)\d+$/.exec(name);
    const readings = window === null ? [] : windowReadings(window[1] ?? '');
    if (readings.length === 0) continue;
    const byDescription = describedReading(readings, description);
    if (byDescription !== undefined) addTo(described, window?.[1] ?? '', byDescription.slug);
    else if (description !== undefined) contradictions.push(name);
    windows.push({ table: name, ...(byDescription ?? namedReading(readings, known)) });
  }
  const periods = tables.flatMap((table): OwnedTable[] => {
    const readings = periodReadings(table.name);
    const [first] = readings;
    if (first === undefined) return [];
    const own = table.kind === 'table' ? describedReading(readings, table.description) : undefined;
    if (own === undefined && table.kind === 'table' && table.description !== undefined) contradictions.push(table.name);
    const candidates = own === undefined ? described.get(windowPrefix(first)) : undefined;
    return [
      {
        table: table.name,
        ...(own ?? collidingReading(readings, candidates, slugs) ?? namedReading(readings, known)),
      },
    ];
  });
  return { windows, periods, contradictions };
}

/** Whether a table belongs, or may belong, to this experiment. */
export function mayBelong({ slug, rivals }: OwnedTable, experiment: string): boolean {
  return slug === experiment || rivals.some((rival) => rival.slug === experiment);
}

/** What the name of a statistics view or table may mean: several readings if it is ambiguous, none for other names. */
export function tableReadings(name: string): readonly TableReading[] {
  const window = /^(.+_)\d+$/.exec(name);
  return window === null ? periodReadings(name) : windowReadings(window[1] ?? '');
}

/** Whether a table's name may be that of results of this experiment, among slugs that are alike in names. */
export function mayName(table: string, experiment: string): boolean {
  const normalised = normaliseSlug(experiment);
  return tableReadings(table).some((reading) => reading.normalised === normalised);
}

type Owner = Omit<OwnedTable, 'table'>;

function describedReading(readings: readonly TableReading[], description: string | undefined): Owner | undefined {
  if (description === undefined || !isSlug(description)) return undefined;
  const normalised = normaliseSlug(description);
  const reading = readings.find((candidate) => candidate.normalised === normalised);
  return reading === undefined ? undefined : { period: reading.period, slug: description, rivals: [] };
}

/** The owner among the slugs that describe the tables of a view: known ones first, in their order. */
function collidingReading(
  readings: readonly TableReading[],
  candidates: ReadonlySet<string> | undefined,
  slugs: readonly string[],
): Owner | undefined {
  if (candidates === undefined) return undefined;
  const isKnown = new Set(slugs);
  const others = [...candidates].filter((slug) => !isKnown.has(slug)).sort();
  const ranked = [...isKnown].filter((known) => candidates.has(known)).concat(others);
  const [owner, ...rivals] = ranked.flatMap((slug) => describedReading(readings, slug) ?? []);
  return owner === undefined ? undefined : { ...owner, rivals: rivals.map(({ slug, period }) => ({ slug, period })) };
}

/** The longest known slug, else the one that leaves the longest period. */
function namedReading(readings: readonly TableReading[], known: ReadonlyMap<string, readonly string[]>): Owner {
  const longest = readings.findLast(({ normalised }) => known.has(normalised)) ?? readings[0];
  if (longest === undefined) throw new Error('a table without a reading has no owner');
  const { normalised, period } = longest;
  const [slug = normalised, ...rivals] = known.get(normalised) ?? [];
  return { period, slug, rivals: rivals.map((rival) => ({ slug: rival, period })) };
}

function bySpelling(slugs: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const known = new Map<string, Set<string>>();
  for (const slug of slugs) addTo(known, normaliseSlug(slug), slug);
  return new Map([...known].map(([normalised, exact]) => [normalised, [...exact]]));
}

function addTo(sets: Map<string, Set<string>>, key: string, value: string): void {
  const set = sets.get(key);
  if (set === undefined) sets.set(key, new Set([value]));
  else set.add(value);
}

/** The readings of a table's name without its digits. */
function windowReadings(prefix: string): TableReading[] {
  return readingsOf(prefix, (period) => `_${WINDOW_PERIODS[period]}_`);
}

function periodReadings(name: string): TableReading[] {
  return readingsOf(name, (period) => `_${period}`);
}

function readingsOf(name: string, suffixOf: (period: AnalysisPeriod) => string): TableReading[] {
  if (!name.startsWith(TABLE_PREFIX)) return [];
  return PERIODS.flatMap((period) => {
    const suffix = suffixOf(period);
    const normalised = name.slice(TABLE_PREFIX.length, -suffix.length);
    return name.endsWith(suffix) && normalised !== '' && name.length > TABLE_PREFIX.length + suffix.length
      ? [{ normalised, period }]
      : [];
  });
}

/** The same for all readings of a name. */
function windowPrefix({ normalised, period }: TableReading): string {
  return `${TABLE_PREFIX}${normalised}_${WINDOW_PERIODS[period]}_`;
}
