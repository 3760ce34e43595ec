/** Replaces U+0000 in the content of a metadata file (spec: metadata, section 1). */
import { hasNul, withoutNul } from '../../domain/nul-character.ts';
import { quote } from '../../domain/slug.ts';
import type { ExternalConfig } from '../../metric-hub/external-config.ts';
import { memoised } from '../../metric-hub/memo.ts';
import type { ListedOutcome, MetadataContent } from './metadata-text.ts';
import type { ResolvedMetric } from '../../metric-hub/resolve-metric.ts';

export interface StorableContent {
  readonly content: MetadataContent;
  /** Where U+0000 was: `friendly_name of metric "mine"`. */
  readonly places: readonly string[];
}

type Texts = Readonly<Record<string, string | readonly string[] | null>>;

/** The content with U+FFFD for each U+0000. If names become equal, the first stays, because keys must differ. */
export function storableContent(content: MetadataContent): StorableContent {
  const { externalConfig, metrics, outcomes } = content;
  const places = [
    ...configPlaces(externalConfig),
    ...metrics.flatMap(metricPlaces),
    ...outcomes.flatMap(outcomePlaces),
  ];
  if (places.length === 0) return { content, places };
  return {
    content: {
      ...content,
      externalConfig: externalConfig === null ? null : storableConfig(externalConfig),
      metrics: firstOfEach(metrics.map(storableMetric), ({ name }) => name),
      outcomes: firstOfEach(outcomes.map(storableOutcome), ({ slug }) => slug),
    },
    places,
  };
}

function configPlaces(config: ExternalConfig | null): string[] {
  return config === null ? [] : placesIn({ reference_branch: config.reference_branch }, '[experiment]');
}

/** Cached, because experiments share most metrics. */
const metricPlaces = memoised(({ name, description, friendlyName }: ResolvedMetric) =>
  placesIn({ name, description, friendly_name: friendlyName }, `metric ${quote(withoutNul(name))}`),
);

function outcomePlaces({
  slug,
  commitHash,
  defaultMetrics,
  description,
  friendlyName,
  metrics,
}: ListedOutcome): string[] {
  const texts = { slug, commit_hash: commitHash, description, friendly_name: friendlyName };
  const lists = { default_metrics: defaultMetrics, metrics };
  return placesIn({ ...texts, ...lists }, `outcome ${quote(withoutNul(slug))}`);
}

function placesIn(texts: Texts, subject: string): string[] {
  return Object.entries(texts)
    .filter(([, text]) => text !== null && (typeof text === 'string' ? hasNul(text) : text.some(hasNul)))
    .map(([key]) => `${key} of ${subject}`);
}

function storableConfig(config: ExternalConfig): ExternalConfig {
  return { ...config, reference_branch: storableText(config.reference_branch) };
}

function storableMetric(metric: ResolvedMetric): ResolvedMetric {
  const { name, description, friendlyName } = metric;
  return {
    ...metric,
    name: withoutNul(name),
    description: withoutNul(description),
    friendlyName: withoutNul(friendlyName),
  };
}

function storableOutcome(outcome: ListedOutcome): ListedOutcome {
  return {
    slug: withoutNul(outcome.slug),
    commitHash: storableText(outcome.commitHash),
    defaultMetrics: outcome.defaultMetrics.map(withoutNul),
    description: withoutNul(outcome.description),
    friendlyName: withoutNul(outcome.friendlyName),
    metrics: outcome.metrics.map(withoutNul),
  };
}

function storableText(text: string | null): string | null {
  return text === null ? null : withoutNul(text);
}

function firstOfEach<Item>(items: readonly Item[], keyOf: (item: Item) => string): Item[] {
  const first = new Map<string, Item>();
  for (const item of items) if (!first.has(keyOf(item))) first.set(keyOf(item), item);
  return [...first.values()];
}
