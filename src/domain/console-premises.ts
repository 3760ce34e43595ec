/**
 * The facts a statistics file depends on besides its table: the experiment's record, and the files that the console reads
 * before it (spec: statistics, section 4, "Across files"). When they change, the file is due again.
 */
import type { AnalysisPeriod } from './analysis-period.ts';
import type { ConsoleRecord } from './console-record.ts';
import { isReadPeriod, READ_PERIODS, type ReadPeriod } from './console-rules.ts';
import { METADATA } from './object-metadata.ts';

/** A record, or why there is none: the experiments API did not answer, or has no such experiment. */
export type FoundRecord = ConsoleRecord | 'unreachable' | undefined;

type Metadata = Readonly<Record<string, string>>;

/** An experiment without a record counts as one without primary outcomes. */
export function isPrimary(record: FoundRecord): boolean {
  return record !== undefined && record !== 'unreachable' && record.isPrimary;
}

/** The periods that the console reads before this one. */
export function earlierPeriods(period: ReadPeriod): readonly ReadPeriod[] {
  return READ_PERIODS.slice(0, READ_PERIODS.indexOf(period));
}

/** Whether a published file has enrollments of segment `all`; assumed for files of other programs. */
export function hasEnrollments(metadata: Metadata | undefined): boolean {
  if (metadata === undefined) return false;
  const bases = metadata[METADATA.bases];
  return bases === undefined || bases.split(',').includes('enrollments');
}

/** Whether a file was made with another record or other earlier files. False for files that do not carry their premises. */
export function premisesChanged(
  { period, record }: { readonly period: AnalysisPeriod; readonly record: FoundRecord },
  metadata: Metadata,
  metadataOf: (period: ReadPeriod) => Metadata | undefined,
): boolean {
  if (!isReadPeriod(period)) return false;
  const primary = metadata[METADATA.primary];
  const isPrimaryKnown = record !== 'unreachable' && primary !== undefined;
  if (period === 'overall' && isPrimaryKnown && primary !== String(isPrimary(record))) return true;
  if (metadata[METADATA.bases] !== 'exposures') return false;
  return !earlierPeriods(period).map(metadataOf).some(hasEnrollments);
}
