/**
 * Exports the metadata of one experiment: finds the record, resolves its configuration, publishes. Safe to repeat and to
 * run twice at once; files are replaced atomically.
 */
import { createHash } from 'node:crypto';
import { type AnalysisSource, type AnalysisStart, decideAnalysisStart, isBehind } from '../../domain/analysis-start.ts';
import { metadataObjectName } from '../../domain/metadata-name.ts';
import { METADATA } from '../../domain/object-metadata.ts';
import { isRollingHoldback } from '../../domain/rolling-holdback.ts';
import { checkSlug } from '../../domain/slug.ts';
import { type SourceVersion, versionOfFingerprint } from '../../domain/source-version.ts';
import type { ResultFiles } from '../../domain/touched-results.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ExperimentsApi } from '../../ports/experiments-api.ts';
import type { ObjectMetadata, ObjectStore } from '../../ports/object-store.ts';
import type { Content, Nothing } from '../publish/content.ts';
import { publish, type Published } from '../publish/publish.ts';
import {
  enrollmentsTime,
  parseAnalysisStart,
  type PublishedFile,
  readAnalysisSource,
  readPublishedStart,
  resultFiles,
  type TableSource,
} from './analysis-start.ts';
import { type BuildDependencies, buildMetadata } from './build-metadata.ts';
import { findExperiment } from './find-experiment.ts';
import type { ReadExperiment } from '../../domain/read-experiment.ts';

export interface MetadataDependencies extends BuildDependencies {
  readonly experimentsApi: Pick<ExperimentsApi, 'list' | 'url'>;
  readonly store: ObjectStore;
  /** The source whose tables show when the analysis began. */
  readonly source: TableSource;
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  /** How long before its first table an analysis begins, milliseconds. */
  readonly analysisLeadMs: number;
}

export interface MetadataRequest {
  /** The slug; nothing is written without one. */
  readonly experiment: string;
  /** An ISO time given by hand; absent: from the experiment's results. */
  readonly analysisStart?: string;
  /** Evidence found by planning; absent: look now. */
  readonly results?: AnalysisSource;
  /** Write the file even if it is current. */
  readonly force: boolean;
  /** For the object's metadata: the job's id. */
  readonly job: string;
  readonly signal: AbortSignal;
}

export type Preparation = Content | Nothing;

/**
 * Runs one export. Throws a ContrailError if nothing was published, and the last good file then stays:
 * EXPERIMENT_UNKNOWN, EXPERIMENT_MALFORMED, CONFIGURATION_INVALID, METRIC_HUB_UNREADABLE, SLUG_CONFLICT.
 */
export async function exportMetadata(deps: MetadataDependencies, request: MetadataRequest): Promise<Published> {
  const startedAt = deps.clock.now();
  const { force, job, signal } = request;
  if (request.experiment === '') {
    return { outcome: { kind: 'skipped', reason: 'the experiment has no slug' }, events: [] };
  }
  const slug = checkSlug(request.experiment);
  const experiment = await findExperiment(deps.experimentsApi, slug, signal);
  const name = metadataObjectName(slug);
  return publish(deps, {
    name,
    claim: { experiment: slug, knownBy: 'api' },
    job,
    force,
    startedAt,
    logged: { at: { file: 'export-metadata.ts', function: 'exportMetadata' } },
    signal,
    open: async (before) => {
      const published = before === undefined ? undefined : { name, ...before };
      const facts = await analysisFacts(deps, slug, { ...request, before: published });
      return prepareMetadata(deps, experiment, { ...facts, now: deps.clock.now(), signal });
    },
  });
}

/** Evidence of the experiment's analysis from its tables. */
export interface AnalysisFacts {
  readonly analysis: AnalysisStart;
  /** When the experiment was first analysed, milliseconds since 1970. */
  readonly firstAnalysedAt: number | undefined;
}

export interface PreparationFacts extends AnalysisFacts {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly signal: AbortSignal;
}

/** The current content of the file and its version, which planning compares with the object's. Does not touch the store. */
export async function prepareMetadata(
  deps: BuildDependencies,
  experiment: ReadExperiment,
  facts: PreparationFacts,
): Promise<Preparation> {
  const { analysis, firstAnalysedAt, signal } = facts;
  const analysisStart = analysis.start === null ? null : parseAnalysisStart(analysis.start);
  const build = (of: ReadExperiment) => buildMetadata(deps, { experiment: of, analysisStart, firstAnalysedAt, signal });
  const built = await build(experiment);
  if (built.kind === 'nothing') return built;
  const lasting = withoutMovingDates(experiment, facts.now);
  const ofVersion = lasting === experiment ? built : await build(lasting);
  if (ofVersion.kind === 'nothing') return ofVersion;
  const { text, revision, warnings } = built;
  const none = { rows: 0, rejected: 0, dropped: 0, duplicates: 0 };
  return {
    kind: 'content',
    source: `${deps.metricHub.url}@${revision}`,
    sourceVersion: versionOf(lasting, ofVersion.text, analysis),
    metadata: startMetadata(analysis),
    body: { kind: 'text', text, facts: { ...none, warnings, leftOut: [] } },
  };
}

interface FactsRequest extends Pick<MetadataRequest, 'analysisStart' | 'results' | 'signal'> {
  readonly before: PublishedFile | undefined;
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
  const found = results ?? (await analysisOf(deps, experiment, signal));
  if (analysisStart === undefined) {
    const files = () => resultFiles(deps.store, experiment, signal);
    return startAfter(deps, found, { before, files, signal });
  }
  // The content is stored with it, so that the start stays until there are new results.
  const content = found.kind === 'content' ? { content: found.digest } : {};
  return { start: analysisStart, ...content, isSet: true };
}

async function analysisOf(
  { source, experimentsApi, analysisLeadMs: leadMs }: MetadataDependencies,
  experiment: string,
  signal: AbortSignal,
): Promise<AnalysisSource> {
  const { experiments } = await experimentsApi.list(signal);
  return readAnalysisSource({ source, experiment, slugs: experiments.map(({ slug }) => slug), leadMs, signal });
}

export interface StartRequest {
  readonly before: PublishedFile | undefined;
  /** Looks at the published files of statistics; called only if they matter. */
  readonly files: () => Promise<ResultFiles>;
  readonly signal: AbortSignal;
}

/** The next start for the file, given the published one. */
export async function startAfter(
  { store, clock, analysisLeadMs: leadMs }: Pick<MetadataDependencies, 'store' | 'clock' | 'analysisLeadMs'>,
  source: AnalysisSource,
  { before, files, signal }: StartRequest,
): Promise<AnalysisStart> {
  const published = await readPublishedStart(store, before, signal);
  const known: ResultFiles = isBehind(source, published) ? await files() : new Map();
  return decideAnalysisStart(source, published, { now: clock.now(), leadMs, files: known });
}

function startMetadata({ start, content }: AnalysisStart): ObjectMetadata {
  return {
    ...(start === null ? {} : { [METADATA.analysisStart]: start }),
    ...(content === undefined ? {} : { [METADATA.analysisContent]: content }),
  };
}

/**
 * The experiment as its version has it. The API computes these dates of a rolling holdback anew every day; with them, the
 * file would be due every day.
 */
function withoutMovingDates(experiment: ReadExperiment, now: number): ReadExperiment {
  const { results, endDate, enrollmentEndDate } = experiment;
  const isRolling = isRollingHoldback({ isHoldback: results?.isHoldback ?? false, endDate, enrollmentEndDate }, now);
  return isRolling ? { ...experiment, endDate: null, enrollmentEndDate: null, proposedEnrollment: 0 } : experiment;
}

/**
 * A hash of everything that the file depends on: the used fields of the record, and the text with configuration and start.
 * Without table times the content of results replaces the start, because that is a new time at each look.
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

/** The text after the analysis start. */
const AFTER_START = ',"external_config":';
