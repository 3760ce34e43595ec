/** The bytes of the file (spec: metadata, section 1), built from pairs so that no key is moved or lost. */
import type { ExternalConfig } from '../../metric-hub/external-config.ts';
import { memoised } from '../../metric-hub/memo.ts';
import type { ResolvedMetric } from '../../metric-hub/resolve-metric.ts';

/** An outcome as in the file. */
export interface ListedOutcome {
  readonly slug: string;
  readonly commitHash: string | null;
  readonly defaultMetrics: readonly string[];
  readonly description: string;
  readonly friendlyName: string;
  readonly metrics: readonly string[];
}

export interface MetadataContent {
  /** As `analysis-start.ts` formats it. */
  readonly analysisStart: string | null;
  readonly externalConfig: ExternalConfig | null;
  readonly metrics: readonly ResolvedMetric[];
  readonly outcomes: readonly ListedOutcome[];
}

type Pair = readonly [key: string, json: string];

const SCHEMA_VERSION = 4;

/** Compact JSON, without a final newline. */
export function metadataText({ analysisStart, externalConfig, metrics, outcomes }: MetadataContent): string {
  return objectOf([
    ['analysis_start_time', JSON.stringify(analysisStart)],
    ['external_config', JSON.stringify(externalConfig)],
    ['metrics', `{${metrics.map(metricText).join(',')}}`],
    ['outcomes', objectOf(outcomes.map((outcome) => [outcome.slug, outcomeText(outcome)]))],
    ['version_info', 'null'],
    ['version_date', 'null'],
    ['schema_version', String(SCHEMA_VERSION)],
  ]);
}

/** A metric with its name, cached because experiments share most metrics. */
const metricText = memoised((metric: ResolvedMetric) => {
  const { name, analysisBases, biggerIsBetter, description, friendlyName } = metric;
  const text = objectOf([
    ['analysis_bases', JSON.stringify(analysisBases)],
    ['bigger_is_better', JSON.stringify(biggerIsBetter)],
    ['description', JSON.stringify(description)],
    ['friendly_name', JSON.stringify(friendlyName)],
  ]);
  return pairOf([name, text]);
});

function outcomeText(outcome: ListedOutcome): string {
  return objectOf([
    ['commit_hash', JSON.stringify(outcome.commitHash)],
    ['default_metrics', JSON.stringify(outcome.defaultMetrics)],
    ['description', JSON.stringify(outcome.description)],
    ['friendly_name', JSON.stringify(outcome.friendlyName)],
    ['metrics', JSON.stringify(outcome.metrics)],
    ['slug', JSON.stringify(outcome.slug)],
  ]);
}

function objectOf(pairs: readonly Pair[]): string {
  return `{${pairs.map(pairOf).join(',')}}`;
}

function pairOf([key, json]: Pair): string {
  return `${JSON.stringify(key)}:${json}`;
}
