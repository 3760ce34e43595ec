/** When the analysis began: as given, or derived from its tables (spec: metadata, section 1). */
import type { Readable } from 'node:stream';
import { z } from 'zod';
import {
  type AnalysisSource,
  analysisSource,
  type AnalysisStart,
  analysisTables,
  publishedContent,
  publishedStart,
} from '../../domain/analysis-start.ts';
import { ANALYSIS_PERIODS } from '../../domain/analysis-period.ts';
import { statisticsObjectName } from '../../domain/statistics-name.ts';
import type { ResultFiles } from '../../domain/touched-results.ts';
import { readWithin, TooLargeError } from '../../domain/byte-limit.ts';
import { ContrailError } from '../../domain/errors.ts';
import { enrollmentsTableName } from '../../domain/analysis-run.ts';
import { quote } from '../../domain/slug.ts';
import { changeTimes } from '../../domain/table-times.ts';
import { parseTimestamp } from '../../domain/utc-time.ts';
import type { ObjectStore, StoredObject } from '../../ports/object-store.ts';
import type { StatisticsSource } from '../../ports/statistics-source.ts';

export type TableSource = Pick<StatisticsSource, 'listTables' | 'describeTables'>;

/** Larger files (decompressed) are another program's; ours have some kilobytes. */
const MOST_BYTES = 20e6;

const MetadataText = z.object({
  analysis_start_time: z.string().refine((text) => parseTimestamp(text) !== undefined),
});

const TIME =
  /^(?<seconds>\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2})(?:\.(?<fraction>\d{1,9}))?(?<zone>Z|[+-]\d{2}:?\d{2})?$/i;

/**
 * A time in the format of the file: UTC, a blank between date and time, six decimals unless they are zero. Accepts ISO
 * texts (UTC without a zone); throws USAGE for anything else.
 */
export function parseAnalysisStart(iso: string): string {
  const groups = TIME.exec(iso)?.groups;
  const { seconds = '', fraction = '', zone = 'Z' } = groups ?? {};
  const time = Date.parse(`${seconds.replace(' ', 'T')}${zone.replace(/^(.\d{2})(\d{2})$/, '$1:$2')}`);
  if (groups === undefined || Number.isNaN(time)) {
    throw new ContrailError('USAGE', `${quote(iso)} is not a time.`, {
      hint: 'A time is written like 2026-08-21T04:12:09.482113Z.',
    });
  }
  return formatTime(time, fraction.padEnd(6, '0').slice(0, 6));
}

/** Formats milliseconds since 1970 for the file. */
export function formatAnalysisStart(epochMs: number): string {
  const milliseconds = ((epochMs % 1000) + 1000) % 1000;
  return formatTime(epochMs, `${String(milliseconds).padStart(3, '0')}000`);
}

function formatTime(epochMs: number, micros: string): string {
  const seconds = new Date(epochMs).toISOString().slice(0, 19).replace('T', ' ');
  return `${seconds}${/^0+$/.test(micros) ? '' : `.${micros}`}+00:00`;
}

export interface ResultsOf {
  readonly source: TableSource;
  readonly experiment: string;
  /** Of all experiments, which may own tables that look like its own. */
  readonly slugs: readonly string[];
  /** How long before its first table an analysis begins. */
  readonly leadMs: number;
  readonly signal: AbortSignal;
}

/** Evidence of an experiment's newest run. Tables that cannot be read are left out. */
export async function readAnalysisSource({
  source,
  experiment,
  slugs,
  leadMs,
  signal,
}: ResultsOf): Promise<AnalysisSource> {
  const listing = await source.listTables(signal);
  const names = analysisTables(experiment, listing, slugs);
  if (names.length === 0) return { kind: 'none' };
  const { tables } = await source.describeTables(names, signal, listing);
  return analysisSource(experiment, tables, leadMs);
}

/** The published metadata file; bytes if they are known. */
export type PublishedFile = Pick<StoredObject, 'name' | 'metadata'> & Partial<Pick<StoredObject, 'bytes'>>;

/** The start of a published object, from its metadata or its text; undefined without an object or a start. */
export async function readPublishedStart(
  store: Pick<ObjectStore, 'read'>,
  object: PublishedFile | undefined,
  signal: AbortSignal,
): Promise<AnalysisStart | undefined> {
  if (object === undefined) return undefined;
  const told = publishedStart(object.metadata);
  if (told !== undefined) return told;
  const stream = (object.bytes ?? 0) > MOST_BYTES ? undefined : await store.read(object.name, signal);
  const text = stream === undefined ? '' : await textWithin(stream);
  const start = startOfText(text);
  return start === undefined ? undefined : { ...publishedContent(object.metadata), start };
}

/** The published files of an experiment's statistics. */
export async function resultFiles(
  store: Pick<ObjectStore, 'head'>,
  experiment: string,
  signal: AbortSignal,
): Promise<ResultFiles> {
  const files = await Promise.all(
    ANALYSIS_PERIODS.map(async (period) => {
      const object = await store.head(statisticsObjectName(experiment, period), signal);
      return object === undefined ? [] : [[period, object] as const];
    }),
  );
  return new Map(files.flat());
}

async function textWithin(stream: Readable): Promise<string> {
  try {
    const limit = { bytes: MOST_BYTES, setting: 'metadata files' };
    return (await readWithin(limit, stream as AsyncIterable<Uint8Array>)).toString('utf8');
  } catch (error) {
    if (error instanceof TooLargeError) return '';
    throw error;
  } finally {
    stream.destroy();
  }
}

function startOfText(text: string): string | undefined {
  try {
    return MetadataText.safeParse(JSON.parse(text)).data?.analysis_start_time;
  } catch {
    // Another program's file has no start.
    return undefined;
  }
}

/** When the experiment was first analysed, from its enrollments table (milliseconds since 1970). */
export async function enrollmentsTime(
  source: TableSource,
  experiment: string,
  signal: AbortSignal,
): Promise<number | undefined> {
  const { tables } = await source.describeTables([enrollmentsTableName(experiment)], signal);
  return changeTimes(tables)[0]?.changedAt;
}
