import type { Metadata } from '@mozilla/nimbus-schemas';
import { describe, expectTypeOf, it } from 'vitest';
import type { ExternalConfig } from '../../../../src/metric-hub/external-config.ts';
import type { ListedOutcome, MetadataContent } from '../../../../src/workers/metadata/metadata-text.ts';
import type { ResolvedMetric } from '../../../../src/metric-hub/resolve-metric.ts';

type OfConsumer<Key extends keyof Metadata> = NonNullable<Metadata[Key]>;
type ConsumerMetric = OfConsumer<'metrics'>[string];
type ConsumerOutcome = OfConsumer<'outcomes'>[string];

describe("the types of the consumer's schema", () => {
  it('take what the file says of metrics', () => {
    expectTypeOf<ResolvedMetric['biggerIsBetter']>().toExtend<ConsumerMetric['bigger_is_better']>();
    expectTypeOf<ResolvedMetric['description']>().toExtend<ConsumerMetric['description']>();
    expectTypeOf<ResolvedMetric['friendlyName']>().toExtend<ConsumerMetric['friendly_name']>();
    expectTypeOf<ConsumerMetric['analysis_bases'][number]>().toExtend<ResolvedMetric['analysisBases'][number]>();
  });

  it('take what the file says of outcomes', () => {
    expectTypeOf<ListedOutcome['slug']>().toExtend<ConsumerOutcome['slug']>();
    expectTypeOf<ListedOutcome['commitHash']>().toExtend<ConsumerOutcome['commit_hash']>();
    expectTypeOf<ListedOutcome['description']>().toExtend<ConsumerOutcome['description']>();
    expectTypeOf<ListedOutcome['friendlyName']>().toExtend<ConsumerOutcome['friendly_name']>();
    expectTypeOf([...([] as ListedOutcome['metrics'])]).toExtend<ConsumerOutcome['metrics']>();
    expectTypeOf([...([] as ListedOutcome['defaultMetrics'])]).toExtend<ConsumerOutcome['default_metrics']>();
  });

  it('take the rest', () => {
    expectTypeOf<ExternalConfig>().toExtend<OfConsumer<'external_config'>>();
    expectTypeOf<MetadataContent['analysisStart']>().toExtend<Metadata['analysis_start_time']>();
  });
});
