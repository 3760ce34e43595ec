/** Finds due metadata files: experiment, configuration or analysis start have changed. */
import type { AnalysisSource } from '../domain/analysis-start.ts';
import { ANALYSIS_PERIODS } from '../domain/analysis-period.ts';
import { statisticsObjectName } from '../domain/statistics-name.ts';
import type { ResultFiles } from '../domain/touched-results.ts';
import { ContrailError, toContrailError } from '../domain/errors.ts';
import type { Experiment } from '../domain/experiment.ts';
import { metadataObjectName } from '../domain/metadata-name.ts';
import { publishedVersionOrder } from '../domain/object-metadata.ts';
import type { SourceVersion } from '../domain/source-version.ts';
import { metadataJobId, METADATA_JOB, type MetadataPayload } from '../jobs/metadata-job.ts';
import type { ObjectStore, StoredObject } from '../ports/object-store.ts';
import type { AnalysedExperiment } from './analysed-experiments.ts';
import type { AnalysisTimes } from './analysis-times.ts';
import { objectsByName } from './listing.ts';
import {
  type AbsentFile,
  type DueFile,
  EMPTY_PLAN,
  type ProductFile,
  type ProductPlan,
  type RefusedFile,
  type SkippedFile,
} from './product-plan.ts';

/** The metadata an experiment would have now: their version, or why it must have none. */
export type MetadataVersion = { readonly version: SourceVersion } | { readonly nothing: string };

/**
 * Resolves the metadata of an experiment. Throws CONFIGURATION_INVALID or EXPERIMENT_MALFORMED if they cannot be made,
 * METRIC_HUB_UNREADABLE if no metadata can.
 */
export type ResolveMetadata = (
  experiment: Experiment,
  facts: MetadataFacts,
  signal: AbortSignal,
) => Promise<MetadataVersion>;

export interface MetadataFacts {
  /** Evidence of the newest run. */
  readonly results: AnalysisSource;
  /** Milliseconds since 1970. */
  readonly firstAnalysedAt: number | undefined;
  /** The published object, which has the earlier start. */
  readonly object: StoredObject | undefined;
  /** The published files of its statistics. */
  readonly files: () => Promise<ResultFiles>;
}

export interface MetadataPlanning {
  readonly resolve: ResolveMetadata;
  readonly store: ObjectStore;
  /** The published metadata files by name. */
  readonly objects: () => Promise<ReadonlyMap<string, StoredObject>>;
  readonly experiments: readonly AnalysedExperiment[];
  readonly timesOf: (experiment: AnalysedExperiment) => AnalysisTimes;
  /** Also plan current files. */
  readonly force: boolean;
  readonly signal: AbortSignal;
}

export async function planMetadata(planning: MetadataPlanning): Promise<ProductPlan> {
  const objects = await planning.objects();
  const filesOf = listedFiles(planning);
  const due: DueFile[] = [];
  const skipped: SkippedFile[] = [];
  const refused: RefusedFile[] = [];
  const absent: AbsentFile[] = [];
  for (const entry of planning.experiments) {
    // Metadata need the record, which only the API has.
    if (entry.record === undefined) continue;
    const object = objects.get(metadataObjectName(entry.experiment));
    const decision = await decide(planning, {
      entry,
      record: entry.record,
      object,
      files: () => filesOf(entry.experiment),
    });
    if ('queue' in decision) due.push(decision);
    else if ('error' in decision) refused.push(decision);
    else if ('isExpected' in decision) absent.push(decision);
    else skipped.push(decision);
  }
  return { ...EMPTY_PLAN, due, skipped, refused, absent };
}

interface Candidate {
  readonly entry: AnalysedExperiment;
  readonly record: Experiment;
  readonly object: StoredObject | undefined;
  readonly files: () => Promise<ResultFiles>;
}

/** The statistics files of an experiment, of a list that is taken at most once. */
function listedFiles({ store, signal }: MetadataPlanning): (experiment: string) => Promise<ResultFiles> {
  let listed: Promise<ReadonlyMap<string, StoredObject>> | undefined;
  return async (experiment) => {
    listed ??= objectsByName(store, ['statistics/'], signal);
    const objects = await listed;
    return new Map(
      ANALYSIS_PERIODS.flatMap((period) => {
        const object = objects.get(statisticsObjectName(experiment, period));
        return object === undefined ? [] : [[period, object] as const];
      }),
    );
  };
}

async function decide(
  { resolve, timesOf, force, signal }: MetadataPlanning,
  { entry, record, object, files }: Candidate,
): Promise<DueFile | SkippedFile | RefusedFile | AbsentFile> {
  const file: ProductFile = { product: 'metadata', experiment: entry.experiment };
  const { results, firstAt } = timesOf(entry);
  try {
    const found = await resolve(record, { results, firstAnalysedAt: firstAt, object, files }, signal);
    if ('nothing' in found)
      return { ...file, isExpected: false, reason: found.nothing, found: { source: undefined, object } };
    const versions = { source: found.version, object };
    const isCurrent = publishedVersionOrder(object?.metadata, found.version) === 'same';
    if (isCurrent && !force) return { ...file, reason: 'current', found: versions };
    const reason = force ? 'forced' : object === undefined ? 'new' : 'changed';
    return {
      ...file,
      reason,
      found: versions,
      ...jobOf({ experiment: entry.experiment, sourceVersion: found.version }, results, force),
    };
  } catch (error) {
    signal.throwIfAborted();
    const isOfAll = error instanceof ContrailError && error.code === 'METRIC_HUB_UNREADABLE';
    if (isOfAll) throw error;
    return {
      ...file,
      error: toContrailError(error),
      hasFile: object !== undefined,
      found: { source: undefined, object },
    };
  }
}

function jobOf(
  subject: Pick<MetadataPayload, 'experiment' | 'sourceVersion'>,
  results: AnalysisSource,
  force: boolean,
): Pick<DueFile, 'queue' | 'jobId' | 'payload'> {
  return {
    queue: METADATA_JOB.queue,
    jobId: (nonce) => metadataJobId(subject, nonce),
    payload: (reason, after): MetadataPayload => ({
      version: 1,
      ...subject,
      analysisStart: results.kind === 'time' ? new Date(results.start).toISOString() : null,
      ...(results.kind === 'time' ? { analysisChanges: [...results.changes] } : {}),
      ...(results.kind === 'content' ? { analysisContent: results.digest } : {}),
      ...(after.length === 0 ? {} : { after: [...after] }),
      reason,
      force,
    }),
  };
}
