/** Finds due errors files: their log rows, or the time from which rows count, have changed. */
import { publishedStart, startOfErrors } from '../domain/analysis-start.ts';
import { errorsBound, errorsObjectName, errorsSourceVersion, type ErrorRowsSummary } from '../domain/errors-export.ts';
import { metadataObjectName } from '../domain/metadata-name.ts';
import { publishedVersionOrder } from '../domain/object-metadata.ts';
import { MICROS_PER_MS, parseDate } from '../domain/utc-time.ts';
import { errorsJobId, ERRORS_JOB, type ErrorsPayload } from '../jobs/errors-job.ts';
import type { ExperimentLogs } from '../ports/experiment-logs.ts';
import type { ObjectStore, StoredObject } from '../ports/object-store.ts';
import type { AnalysedExperiment } from './analysed-experiments.ts';
import type { AnalysisTimes } from './analysis-times.ts';
import { objectsByName } from './listing.ts';
import { type DueFile, EMPTY_PLAN, type ProductPlan, type SkippedFile } from './product-plan.ts';

export interface ErrorsPlanning {
  readonly logs: ExperimentLogs;
  readonly store: ObjectStore;
  readonly experiments: readonly AnalysedExperiment[];
  readonly timesOf: (experiment: AnalysedExperiment) => AnalysisTimes;
  /** The published metadata files by name. */
  readonly metadataObjects: () => Promise<ReadonlyMap<string, StoredObject>>;
  /** Whether the experiments API was read. Without its records, ends of enrollment are unknown. */
  readonly isListed: boolean;
  /** Also plan current files. */
  readonly force: boolean;
  readonly signal: AbortSignal;
}

const NO_ROWS: ErrorRowsSummary = { newest: null, rows: 0 };

export async function planErrors({
  logs,
  store,
  experiments,
  timesOf,
  metadataObjects,
  isListed,
  force,
  signal,
}: ErrorsPlanning): Promise<ProductPlan> {
  const startOf = await startsOf({ experiments, timesOf, metadataObjects });
  const all = experiments.map((entry) => sourceOf(entry, startOf(entry)));
  // If all rows count, the end of enrollment does not matter.
  const sources = isListed ? all : all.filter(({ start }) => start === null);
  if (sources.length === 0) return EMPTY_PLAN;
  const requests = sources.map(({ entry, bound }) => ({ experiment: entry.experiment, from: bound }));
  const summaries = await logs.summarise(requests, signal);
  const objects = await objectsByName(store, ['errors/'], signal);
  const due: DueFile[] = [];
  const skipped: SkippedFile[] = [];
  for (const source of sources) {
    const { experiment } = source.entry;
    const version = errorsSourceVersion(summaries.get(experiment) ?? NO_ROWS, source.bound);
    const object = objects.get(errorsObjectName(experiment));
    const isCurrent = publishedVersionOrder(object?.metadata, version) === 'same';
    const found = { source: version, object };
    if (isCurrent && !force) skipped.push({ product: 'errors', experiment, reason: 'current', found });
    else due.push(dueFile(source, { version, object, force }));
  }
  return { ...EMPTY_PLAN, due, skipped };
}

interface ErrorsSource {
  readonly entry: AnalysedExperiment;
  /** Milliseconds since 1970. */
  readonly start: number | null;
  readonly enrollmentEnd: string | null;
  readonly bound: number | null;
}

/** The start from which the errors of each experiment count, milliseconds since 1970. */
async function startsOf({
  experiments,
  timesOf,
  metadataObjects,
}: Pick<ErrorsPlanning, 'experiments' | 'timesOf' | 'metadataObjects'>): Promise<
  (entry: AnalysedExperiment) => number | null
> {
  const dependsOnPublished = experiments.some((entry) => countsFromStart(timesOf(entry)));
  const objects = dependsOnPublished ? await metadataObjects() : new Map<string, StoredObject>();
  return (entry) => {
    const times = timesOf(entry);
    if (!countsFromStart(times)) return null;
    return startOfErrors(
      times.start,
      publishedStart(objects.get(metadataObjectName(entry.experiment))?.metadata ?? {}),
    );
  };
}

/** Without window tables all rows count, but tables that are gone leave the published start. */
function countsFromStart({ start, results }: AnalysisTimes): boolean {
  return start !== null || results.kind === 'none';
}

function sourceOf(entry: AnalysedExperiment, start: number | null): ErrorsSource {
  const enrollmentEnd = entry.record?.enrollmentEndDate ?? null;
  const bound = errorsBound({
    analysisStart: start === null ? null : start * MICROS_PER_MS,
    enrollmentEnd: enrollmentEnd === null ? null : (parseDate(enrollmentEnd) ?? null),
  });
  return { entry, start, enrollmentEnd, bound };
}

interface ErrorsDecision {
  readonly version: string;
  readonly object: StoredObject | undefined;
  readonly force: boolean;
}

function dueFile({ entry, start, enrollmentEnd }: ErrorsSource, { version, object, force }: ErrorsDecision): DueFile {
  const { experiment, knownBy } = entry;
  const subject = { experiment, sourceVersion: version };
  return {
    product: 'errors',
    experiment,
    reason: force ? 'forced' : object === undefined ? 'new' : 'changed',
    found: { source: version, object },
    queue: ERRORS_JOB.queue,
    jobId: (nonce) => errorsJobId(subject, nonce),
    payload: (reason): ErrorsPayload => ({
      version: 1,
      ...subject,
      knownBy,
      analysisStart: start === null ? null : new Date(start).toISOString(),
      enrollmentEnd,
      reason,
      force,
    }),
  };
}
