/** The demo's folders and settings. */
import type { Environment } from '../../config/load-config.ts';
import { SAMPLE_METRIC_HUB, SAMPLE_QUERIES } from './sample.ts';

/** In the working folder; git ignores it. */
export const DEMO_FOLDER = 'demo-data';

export const DEMO_WAREHOUSE = `${DEMO_FOLDER}/contrail.duckdb`;
export const DEMO_EXPERIMENTS = `${DEMO_FOLDER}/experiments.json`;
export const DEMO_REDIS_FOLDER = `${DEMO_FOLDER}/redis`;

/** The demo's settings for the given Redis. */
export function demoSettings(redisUrl: string): Environment {
  return {
    CONTRAIL_REDIS: redisUrl,
    CONTRAIL_QUEUE_PREFIX: 'contrail-demo',
    CONTRAIL_WAREHOUSE: `duckdb:${DEMO_WAREHOUSE}`,
    CONTRAIL_BUCKET: `file:${DEMO_FOLDER}/bucket`,
    CONTRAIL_EXPERIMENTER: `file:${DEMO_EXPERIMENTS}`,
    CONTRAIL_METRIC_HUB: `file:${SAMPLE_METRIC_HUB}`,
    CONTRAIL_QUERIES: SAMPLE_QUERIES,
    CONTRAIL_RECORDS_WINDOW: '2s',
    CONTRAIL_RECORDS_SPOOL: `${DEMO_FOLDER}/spool`,
    // The demo and joined commands take turns with the file, and the first exports keep it busy for a while.
    CONTRAIL_DUCKDB_WAIT: '60s',
  };
}

/** Names the exported settings that the demo ignores, if there are any. */
export function ignoredSentence(ignored: readonly string[]): string | undefined {
  if (ignored.length === 0) return undefined;
  return `Ignored, because the demo uses its own settings: ${ignored.join(', ')}.`;
}
