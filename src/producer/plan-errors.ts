/** Finds due errors files: their log rows, or the time from which rows count, have changed. */
import { errorsBound, errorsObjectName, errorsSourceVersion, type ErrorRowsSummary } from '../domain/errors-export.ts';
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
  isListed,
  force,
  signal,
}: ErrorsPlanning): Promise<ProductPlan> {
  const all = experiments.map((entry) => sourceOf(entry, timesOf(entry)));
  // If all rows count, the end of enrollment does not matter.
  const sources = isListed ? all : all.filter(({ start }) => start === null);
  if (sources.length === 0) return EMPTY_PLAN;
  const requests = sources.map(({ entry, bound }) => ({ experiment: entry.experiment, from: bound }));
  const summaries = await logs.summarise(requests, signal);
  const objects = await objectsByName(store, 'errors/', signal);
  const due: DueFile[] = [];
  const skipped: SkippedFile[] = [];
  for (const source of sources) {
    const { experiment } = source.entry;
    const version = errorsSourceVersion(summaries.get(experiment) ?? NO_ROWS, source.bound);
    const object = objects.get(errorsObjectName(experiment));
    const isCurrent = publishedVersionOrder(object?.metadata, version) === 'same';
    if (isCurrent && !force) skipped.push({ product: 'errors', experiment, reason: 'current' });
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

function sourceOf(entry: AnalysedExperiment, { start }: AnalysisTimes): ErrorsSource {
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
