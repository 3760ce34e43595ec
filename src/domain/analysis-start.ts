/**
 * When the analysis of an experiment began, as its metadata tell it: the console takes up new results when this time
 * moves (spec: metadata, section 1).
 */
import { createHash } from 'node:crypto';
import { ANALYSIS_PERIODS } from './analysis-period.ts';
import { startOfNewestRun, windowTableOwners } from './analysis-run.ts';
import { METADATA } from './object-metadata.ts';
import { normaliseSlug } from './slug.ts';
import { changeTimes, haveTimes, type VersionedTable } from './table-times.ts';
import { statisticsTableName } from './statistics-name.ts';
import { MICROS_PER_MS, parseTimestamp, timestampText } from './utc-time.ts';

/** What the tables of an experiment's results tell: a time, or where there are none, what is in them. */
export type AnalysisSource =
  | { readonly kind: 'none' }
  /** Milliseconds since 1970. */
  | { readonly kind: 'time'; readonly start: number }
  /** A digest that changes whenever the results do. */
  | { readonly kind: 'content'; readonly digest: string };

export interface AnalysisStart {
  /** ISO text; null: there was no run. */
  readonly start: string | null;
  /** The content for which the start was told, where tables have no times. */
  readonly content?: string;
  /** A person has set it: whatever the content, another one is another version. */
  readonly isSet?: true;
}

/** The tables that tell of an experiment's runs: those of its windows, without them those of its periods. */
export function analysisTables(experiment: string, tables: readonly string[]): string[] {
  const slug = normaliseSlug(experiment);
  const windows = tables.filter((name) => windowTableOwners(name).includes(slug));
  if (windows.length > 0) return windows;
  const periods = new Set(ANALYSIS_PERIODS.map((period) => statisticsTableName(experiment, period)));
  return tables.filter((name) => periods.has(name));
}

/** What these tables tell together. A run began the lead before the first of its tables was written. */
export function analysisSource(tables: readonly VersionedTable[], leadMs: number): AnalysisSource {
  if (tables.length === 0) return { kind: 'none' };
  const times = changeTimes(tables).map(({ changedAt }) => changedAt);
  const start = haveTimes(tables) ? startOfNewestRun(times, leadMs) : undefined;
  if (start !== undefined) return { kind: 'time', start };
  const contents = tables.map(({ name, version }) => JSON.stringify([name, version])).sort();
  return { kind: 'content', digest: createHash('sha256').update(contents.join('\n')).digest('hex').slice(0, 32) };
}

/**
 * The start to publish. Where tables have no times, new content counts as changed now; the published start stays while
 * the content does, when the tables are gone, and where another would go back. `now` in milliseconds since 1970.
 */
export function decideAnalysisStart(
  source: AnalysisSource,
  published: AnalysisStart | undefined,
  { now, leadMs }: { readonly now: number; readonly leadMs: number },
): AnalysisStart {
  const before = published?.start ?? null;
  if (source.kind === 'none') return published ?? { start: null };
  const content = source.kind === 'content' ? { content: source.digest } : {};
  if (source.kind === 'content' && before !== null && published?.content === source.digest) return published;
  const start = isoOf(source.kind === 'time' ? source.start : now - leadMs);
  return { start: before !== null && microsOf(before) > microsOf(start) ? before : start, ...content };
}

/** What the metadata of a published object say; undefined where they say nothing of it. */
export function publishedStart(metadata: Readonly<Record<string, string>>): AnalysisStart | undefined {
  const start = metadata[METADATA.analysisStart];
  return start === undefined ? undefined : { start, ...publishedContent(metadata) };
}

/** The content for which the start was told. */
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
