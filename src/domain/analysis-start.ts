/**
 * The analysis start in an experiment's metadata file. The console loads new results when this time changes (spec:
 * metadata, section 1).
 */
import { createHash } from 'node:crypto';
import { startOfNewestRun } from './analysis-run.ts';
import { METADATA } from './object-metadata.ts';
import { changeTimes, haveTimes, type VersionedTable } from './table-times.ts';
import {
  changesByPeriod,
  firstNewResult,
  type PeriodChanges,
  type ResultFiles,
  shownUntil,
} from './touched-results.ts';
import { assignTables, type OwnableTable, type OwnedTable } from './table-owners.ts';
import { MICROS_PER_MS, parseTimestamp, timestampText } from './utc-time.ts';

/** The times of an experiment's results or, in a warehouse without times, a digest of their content. */
export type AnalysisSource =
  | { readonly kind: 'none' }
  /** Milliseconds since 1970. `changes`: of the run's tables, by period; empty if they are not known. */
  | { readonly kind: 'time'; readonly start: number; readonly changes: readonly PeriodChanges[] }
  /** Changes whenever the results do. */
  | { readonly kind: 'content'; readonly digest: string };

export interface AnalysisStart {
  /** ISO text; null: there was no run. */
  readonly start: string | null;
  /** The content that this start belongs to, in a warehouse without times. */
  readonly content?: string;
  /** Set by hand with --analysis-start; then any other start is a new version. */
  readonly isSet?: true;
}

/**
 * The tables that show an experiment's runs: its per-window tables or, if there are none, its period views. `slugs`: other
 * experiments that may own them.
 */
export function analysisTables(
  experiment: string,
  tables: readonly OwnableTable[],
  slugs: readonly string[],
): string[] {
  const owners = assignTables(tables, [experiment, ...slugs]);
  const own = (owned: readonly OwnedTable[]): string[] =>
    owned.filter(({ slug }) => slug === experiment).map(({ table }) => table);
  const windows = own(owners.windows);
  return windows.length > 0 ? windows : own(owners.periods);
}

/** Evidence from these tables of an experiment. A run began the lead before its first table was written. */
export function analysisSource(experiment: string, tables: readonly VersionedTable[], leadMs: number): AnalysisSource {
  if (tables.length === 0) return { kind: 'none' };
  const times = changeTimes(tables);
  const changed = times.map(({ changedAt }) => changedAt);
  const start = haveTimes(tables) ? startOfNewestRun(changed, leadMs) : undefined;
  if (start !== undefined) return { kind: 'time', start, changes: changesByPeriod(experiment, times) };
  const contents = tables.map(({ name, version }) => JSON.stringify([name, version])).sort();
  return { kind: 'content', digest: createHash('sha256').update(contents.join('\n')).digest('hex').slice(0, 32) };
}

export interface StartFacts {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly leadMs: number;
  /** The published files of statistics. */
  readonly files: ResultFiles;
}

/**
 * The start to publish. Without table times, new content counts as changed now. The published start stays if the content
 * is the same, also if the tables were touched, if the tables are gone, or if the new start would be earlier.
 */
export function decideAnalysisStart(
  source: AnalysisSource,
  published: AnalysisStart | undefined,
  { now, leadMs, files }: StartFacts,
): AnalysisStart {
  const before = published?.start ?? null;
  if (source.kind === 'none') return published ?? { start: null };
  if (source.kind === 'time' && before !== null) {
    const first = isBehind(source, published) ? firstChange(source, { before, leadMs, files }) : undefined;
    return { start: first === undefined ? before : isoOf(first - leadMs) };
  }
  const content = source.kind === 'content' ? { content: source.digest } : {};
  if (source.kind === 'content' && before !== null && published?.content === source.digest) return published;
  const start = isoOf(source.kind === 'time' ? source.start : now - leadMs);
  return { start: before !== null && microsOf(before) > microsOf(start) ? before : start, ...content };
}

/** Whether the published start is before the newest run; only then the files of statistics matter. */
export function isBehind(source: AnalysisSource, published: AnalysisStart | undefined): boolean {
  if (source.kind !== 'time' || published === undefined || published.start === null) return false;
  return microsOf(published.start) < source.start * MICROS_PER_MS;
}

/**
 * The start from which the errors of an experiment count, milliseconds since 1970; null: all count. It is the published
 * one, which the console compares errors with: a start from the tables alone would move when a rerun touches them.
 */
export function startOfErrors(newestRun: number | null, published: AnalysisStart | undefined): number | null {
  // With content instead of times the published start says when Contrail saw new results, not when the run began.
  if (published === undefined || published.start === null || published.content !== undefined) return newestRun;
  return microsOf(published.start) / MICROS_PER_MS;
}

/** Undefined: the run has only touched tables. */
function firstChange(
  { start, changes }: Extract<AnalysisSource, { readonly kind: 'time' }>,
  { before, leadMs, files }: Omit<StartFacts, 'now'> & { readonly before: string },
): number | undefined {
  if (changes.length === 0) return start + leadMs;
  return firstNewResult(changes, files, shownUntil(microsOf(before) / MICROS_PER_MS + leadMs));
}

/** The start in the metadata of a published object; undefined if it has none. */
export function publishedStart(metadata: Readonly<Record<string, string>>): AnalysisStart | undefined {
  const start = metadata[METADATA.analysisStart];
  return start === undefined ? undefined : { start, ...publishedContent(metadata) };
}

/** The content that the published start belongs to. */
export function publishedContent(metadata: Readonly<Record<string, string>>): Pick<AnalysisStart, 'content'> {
  const content = metadata[METADATA.analysisContent];
  return content === undefined ? {} : { content };
}

function isoOf(epochMs: number): string {
  return timestampText(epochMs * MICROS_PER_MS);
}

function microsOf(text: string): number {
  return parseTimestamp(text) ?? -Infinity;
}
