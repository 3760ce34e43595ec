/**
 * Exports the metadata of one experiment into its file: find the record, resolve its configuration, publish. Safe to
 * repeat and to run twice at once; a file is replaced as a whole or not at all.
 */
import { createHash } from 'node:crypto';
import { type AnalysisSource, type AnalysisStart, decideAnalysisStart } from '../../domain/analysis-start.ts';
import { metadataObjectName } from '../../domain/metadata-name.ts';
import { METADATA } from '../../domain/object-metadata.ts';
import type { JobOutcome, Warning } from '../../domain/outcome.ts';
import { checkSlug } from '../../domain/slug.ts';
import { type SourceVersion, versionOfFingerprint } from '../../domain/source-version.ts';
import type { WallClock } from '../../ports/clock.ts';
import type { ExperimentsApi } from '../../ports/experiments-api.ts';
import type { ObjectMetadata, ObjectStore, StoredObject } from '../../ports/object-store.ts';
import { type PublishableText, publishText } from '../publish/publish-text.ts';
import {
  enrollmentsTime,
  parseAnalysisStart,
  readAnalysisSource,
  readPublishedStart,
  type TableSource,
} from './analysis-start.ts';
import { type BuildDependencies, buildMetadata } from './build-metadata.ts';
import { findExperiment } from './find-experiment.ts';
import type { ReadExperiment } from '../../domain/read-experiment.ts';

export interface MetadataDependencies extends BuildDependencies {
  readonly experimentsApi: Pick<ExperimentsApi, 'list' | 'url'>;
  readonly store: ObjectStore;
  /** Whose tables tell when the analysis began. */
  readonly source: TableSource;
  readonly clock: WallClock;
  /** How long before its first table an analysis begins, in milliseconds. */
  readonly analysisLeadMs: number;
}

export interface MetadataRequest {
  /** The slug. Without one there is nothing to write. */
  readonly experiment: string;
  /** An ISO time that a person has set; absent: the experiment's results tell. */
  readonly analysisStart?: string;
  /** What the results have told planning; absent: they are looked at now. */
  readonly results?: AnalysisSource;
  /** Write the file also if it is current. */
  readonly force: boolean;
  /** For the object's metadata: a job's id, which no other export has. */
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
    make: async (before) => {
      const facts = await analysisFacts(deps, slug, { ...request, before });
      const preparation = await prepareMetadata(deps, experiment, { ...facts, signal: request.signal });
      if (preparation.kind === 'file') return preparation.file;
      ({ reason } = preparation);
      return undefined;
    },
  });
  if (result.kind === 'nothing') return { kind: 'skipped', reason };
  if (result.kind === 'current') return { kind: 'skipped', reason: 'the file is current', ...place };
  const { source, sourceVersion, warnings } = result.made;
  const counts = { rows: 0, rejected: 0, dropped: 0, duplicates: 0, bytes: result.bytes };
  const durationMs = deps.clock.now() - startedAt;
  const generation = result.kind === 'published' ? { generation: result.generation } : {};
  return { kind: result.kind, ...place, source, sourceVersion, ...counts, warnings, durationMs, ...generation };
}

/** What the tables tell about the analysis of an experiment. */
export interface AnalysisFacts {
  readonly analysis: AnalysisStart;
  /** When the experiment was first analysed, milliseconds since 1970. */
  readonly firstAnalysedAt: number | undefined;
}

/** What the file would be now, and its version, without touching the store: planning compares that with the object's. */
export async function prepareMetadata(
  deps: BuildDependencies,
  experiment: ReadExperiment,
  facts: AnalysisFacts & { readonly signal: AbortSignal },
): Promise<Preparation> {
  const { analysis, firstAnalysedAt, signal } = facts;
  const analysisStart = analysis.start === null ? null : parseAnalysisStart(analysis.start);
  const built = await buildMetadata(deps, { experiment, analysisStart, firstAnalysedAt, signal });
  if (built.kind === 'nothing') return built;
  const { text, revision, warnings } = built;
  return {
    kind: 'file',
    file: {
      text,
      source: `${deps.metricHub.url}@${revision}`,
      sourceVersion: versionOf(experiment, text, analysis),
      metadata: startMetadata(analysis),
      warnings,
    },
  };
}

interface FactsRequest extends Pick<MetadataRequest, 'analysisStart' | 'results' | 'signal'> {
  readonly before: StoredObject | undefined;
}

async function analysisFacts(
  deps: MetadataDependencies,
  experiment: string,
  request: FactsRequest,
): Promise<AnalysisFacts> {
  return {
    analysis: await analysisStartOf(deps, experiment, request),
    firstAnalysedAt: await enrollmentsTime(deps.source, experiment, request.signal),
  };
}

async function analysisStartOf(
  deps: MetadataDependencies,
  experiment: string,
  { analysisStart, results, before, signal }: FactsRequest,
): Promise<AnalysisStart> {
  const leadMs = deps.analysisLeadMs;
  const found = results ?? (await readAnalysisSource({ source: deps.source, experiment, leadMs, signal }));
  if (analysisStart === undefined) return startAfter(deps, found, { before, signal });
  // The content is kept with it, so that the time stays until there are new results.
  const content = found.kind === 'content' ? { content: found.digest } : {};
  return { start: analysisStart, ...content, isSet: true };
}

/** The start that the file tells next, after what the published object told. */
export async function startAfter(
  { store, clock, analysisLeadMs: leadMs }: Pick<MetadataDependencies, 'store' | 'clock' | 'analysisLeadMs'>,
  source: AnalysisSource,
  { before, signal }: { readonly before: StoredObject | undefined; readonly signal: AbortSignal },
): Promise<AnalysisStart> {
  const published = await readPublishedStart(store, before, signal);
  return decideAnalysisStart(source, published, { now: clock.now(), leadMs });
}

function startMetadata({ start, content }: AnalysisStart): ObjectMetadata {
  return {
    ...(start === null ? {} : { [METADATA.analysisStart]: start }),
    ...(content === undefined ? {} : { [METADATA.analysisContent]: content }),
  };
}

/**
 * A hash of what the file depends on: the record's used fields; the text has the configuration and the start. Where the
 * content of results stands for the time of their change, it does so here too: the time is another at each look.
 */
function versionOf(experiment: ReadExperiment, text: string, { content, isSet }: AnalysisStart): SourceVersion {
  const { slug, appName, startDate, endDate, enrollmentEndDate } = experiment;
  const { outcomes, segments, proposedEnrollment, referenceBranch } = experiment;
  const record = [slug, appName, startDate, endDate, enrollmentEndDate, outcomes, segments];
  const told = content === undefined || isSet === true ? [text] : [text.slice(text.indexOf(AFTER_START)), content];
  const digest = createHash('sha256')
    .update(JSON.stringify([...record, proposedEnrollment, referenceBranch, ...told]))
    .digest();
  return versionOfFingerprint(digest.readBigUInt64BE(0));
}

/** What follows the analysis start in the text. */
const AFTER_START = ',"external_config":';
