/**
 * Exports the metadata of one experiment into its file: find the record, resolve its configuration, publish. Safe to
 * repeat and to run twice at once; a file is replaced as a whole or not at all.
 */
import { createHash } from 'node:crypto';
import { metadataObjectName } from '../../domain/metadata-name.ts';
import type { JobOutcome, Warning } from '../../domain/outcome.ts';
import { checkSlug } from '../../domain/slug.ts';
import { type SourceVersion, versionOfFingerprint } from '../../domain/source-version.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ExperimentsApi } from '../../ports/experiments-api.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { type PublishableText, publishText } from '../publish/publish-text.ts';
import {
  enrollmentsTime,
  formatAnalysisStart,
  newestRunStart,
  parseAnalysisStart,
  type TableSource,
} from './analysis-start.ts';
import { type BuildDependencies, buildMetadata } from './build-metadata.ts';
import { findExperiment, type ReadExperiment } from './read-experiment.ts';

export interface MetadataDependencies extends BuildDependencies {
  readonly experimentsApi: Pick<ExperimentsApi, 'list' | 'url'>;
  readonly store: ObjectStore;
  /** Whose tables tell when the analysis began. */
  readonly source: TableSource;
  readonly clock: Clock;
  /** How long before its first table an analysis begins, in milliseconds. */
  readonly analysisLeadMs: number;
}

export interface MetadataRequest {
  /** The slug. Without one there is nothing to write. */
  readonly experiment: string;
  /** An ISO time, or null for a file without a run; absent: derived from the experiment's tables. */
  readonly analysisStart?: string | null;
  /** Write the file also if it is current. */
  readonly force: boolean;
  /** Who asks, for the object's metadata: a job's id. */
  readonly job: string;
  readonly signal: AbortSignal;
}

/** A file that is ready to be published. */
export interface PreparedMetadata extends PublishableText {
  readonly warnings: readonly Warning[];
}

export type Preparation =
  { readonly kind: 'file'; readonly file: PreparedMetadata } | { readonly kind: 'nothing'; readonly reason: string };

/**
 * Runs one export. Throws a ContrailError when nothing was published, and the last good file then stays as it was:
 * EXPERIMENT_UNKNOWN, EXPERIMENT_MALFORMED, CONFIGURATION_INVALID, METRIC_HUB_UNREADABLE, SLUG_CONFLICT.
 */
export async function exportMetadata(deps: MetadataDependencies, request: MetadataRequest): Promise<JobOutcome> {
  const startedAt = deps.clock.now();
  if (request.experiment === '') return { kind: 'skipped', reason: 'the experiment has no slug' };
  const slug = checkSlug(request.experiment);
  const experiment = await findExperiment(deps.experimentsApi, slug, request.signal);
  const name = metadataObjectName(slug);
  const place = { object: name, location: deps.store.locate(name) };
  let reason = '';
  const result = await publishText(deps.store, {
    name,
    claim: { experiment: slug, knownBy: 'api' },
    job: request.job,
    force: request.force,
    signal: request.signal,
    make: async () => {
      const facts = await analysisFacts(deps, slug, request);
      const preparation = await prepareMetadata(deps, experiment, { ...facts, signal: request.signal });
      if (preparation.kind === 'file') return preparation.file;
      ({ reason } = preparation);
      return undefined;
    },
  });
  if (result.kind === 'nothing') return { kind: 'skipped', reason };
  if (result.kind === 'current') return { kind: 'skipped', reason: 'the file is current', ...place };
  const { source, sourceVersion, warnings } = result.made;
  const counts = { rows: 0, rejected: 0, duplicates: 0, bytes: result.bytes };
  const durationMs = deps.clock.now() - startedAt;
  return { kind: result.kind, ...place, source, sourceVersion, ...counts, warnings, durationMs };
}

/** What the tables tell about the analysis of an experiment. */
export interface AnalysisFacts {
  /** As `analysis-start.ts` writes it; null: there was no run. */
  readonly analysisStart: string | null;
  /** When the experiment was first analysed, milliseconds since 1970. */
  readonly firstAnalysedAt: number | undefined;
}

/** What the file would be now, and its version, without touching the store: planning compares that with the object's. */
export async function prepareMetadata(
  deps: BuildDependencies,
  experiment: ReadExperiment,
  facts: AnalysisFacts & { readonly signal: AbortSignal },
): Promise<Preparation> {
  const built = await buildMetadata(deps, { experiment, ...facts });
  if (built.kind === 'nothing') return built;
  const { text, revision, warning } = built;
  return {
    kind: 'file',
    file: {
      text,
      source: `${deps.metricHub.url}@${revision}`,
      sourceVersion: versionOf(experiment, text),
      warnings: warning === undefined ? [] : [{ kind: 'metric_hub', message: warning }],
    },
  };
}

async function analysisFacts(
  deps: MetadataDependencies,
  experiment: string,
  request: Pick<MetadataRequest, 'analysisStart' | 'signal'>,
): Promise<AnalysisFacts> {
  return {
    analysisStart: await analysisStartOf(deps, experiment, request),
    firstAnalysedAt: await enrollmentsTime(deps.source, experiment, request.signal),
  };
}

async function analysisStartOf(
  { source, analysisLeadMs: leadMs }: Pick<MetadataDependencies, 'source' | 'analysisLeadMs'>,
  experiment: string,
  { analysisStart, signal }: Pick<MetadataRequest, 'analysisStart' | 'signal'>,
): Promise<string | null> {
  if (analysisStart === null) return null;
  if (analysisStart !== undefined) return parseAnalysisStart(analysisStart);
  const derived = await newestRunStart({ source, experiment, leadMs, signal });
  return derived === undefined ? null : formatAnalysisStart(derived);
}

/** A hash of what the file depends on: the record's used fields; the text has the configuration and the start. */
function versionOf(experiment: ReadExperiment, text: string): SourceVersion {
  const { slug, appName, startDate, endDate, enrollmentEndDate } = experiment;
  const { outcomes, segments, proposedEnrollment, referenceBranch } = experiment;
  const record = [slug, appName, startDate, endDate, enrollmentEndDate, outcomes, segments];
  const digest = createHash('sha256')
    .update(JSON.stringify([...record, proposedEnrollment, referenceBranch, text]))
    .digest();
  return versionOfFingerprint(digest.readBigUInt64BE(0));
}
