/**
 * Every setting: its variable, what it means, its default and an example. `docs/configuration.md` and `.env.example`
 * are made from this list (`npm run docs`), and a check keeps them equal.
 */
import { z } from 'zod';
import { ALERT_RULES } from '../domain/alerts/rules.ts';
import {
  byteSize,
  duration,
  hostOrUrl,
  isProjectUrl,
  names,
  parsedUrl,
  positiveInteger,
  ruleLimits,
  share,
  usd,
  webAddress,
} from './setting-types.ts';

export interface Setting<Value, Default extends string | undefined> {
  readonly variable: string;
  /** A sentence for people. */
  readonly text: string;
  readonly example: string;
  /** As written in the environment; undefined: unset is allowed and stays undefined. */
  readonly default: Default;
  readonly schema: z.ZodType<Value, string>;
}

function setting<Value, Default extends string | undefined>(
  definition: Setting<Value, Default>,
): Setting<Value, Default> {
  return definition;
}

export const SETTINGS = {
  redis: setting({
    variable: 'CONTRAIL_REDIS',
    text: 'The Redis that holds the queues: 7 or newer (or Valkey), with maxmemory-policy noeviction.',
    example: 'rediss://user:secret@redis.example.org:6380/0',
    default: 'redis://127.0.0.1:6379',
    schema: parsedUrl(['redis', 'rediss']),
  }),
  warehouse: setting({
    variable: 'CONTRAIL_WAREHOUSE',
    text: 'Where the analysis keeps its tables: a BigQuery project, with the location of its datasets, or a DuckDB file.',
    example: 'bigquery://my-project?location=US',
    default: undefined,
    schema: parsedUrl(['bigquery', 'duckdb']).refine(
      ({ scheme, text }) => scheme !== 'bigquery' || isProjectUrl(text),
      'bigquery://<project>, perhaps with ?location=<location>, or duckdb:<path>',
    ),
  }),
  bucket: setting({
    variable: 'CONTRAIL_BUCKET',
    text: 'Where the files are published: a bucket of Cloud Storage, or a folder.',
    example: 'gs://my-bucket',
    default: undefined,
    schema: parsedUrl(['gs', 'file']).refine(
      ({ scheme, text }) => scheme !== 'gs' || /^gs:\/\/[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]\/?$/.test(text),
      'gs://<bucket>, or file:<path>',
    ),
  }),
  resultsDataset: setting({
    variable: 'CONTRAIL_RESULTS_DATASET',
    text: 'The dataset (in DuckDB: the schema) with the statistics tables and views.',
    example: 'mozanalysis',
    default: 'mozanalysis',
    schema: z.string().regex(/^[A-Za-z0-9_]+$/, 'a dataset name of letters, digits and _'),
  }),
  monitoringDataset: setting({
    variable: 'CONTRAIL_MONITORING_DATASET',
    text: 'The dataset (in DuckDB: the schema) with the monitoring tables.',
    example: 'monitoring',
    default: 'monitoring',
    schema: z.string().regex(/^[A-Za-z0-9_]+$/, 'a dataset name of letters, digits and _'),
  }),
  experimenter: setting({
    variable: 'CONTRAIL_EXPERIMENTER',
    text: 'The experiments API, or a file with the list, or a folder with a file for each experiment.',
    example: 'file:./experiments.json',
    default: 'https://experimenter.services.mozilla.com',
    schema: parsedUrl(['https', 'http', 'file']),
  }),
  metricHub: setting({
    variable: 'CONTRAIL_METRIC_HUB',
    text: 'The repository of metric definitions, or a folder with it. Read by the metadata files.',
    example: 'file:./metric-hub',
    default: 'https://github.com/mozilla/metric-hub',
    schema: parsedUrl(['https', 'http', 'file']),
  }),
  'metricHub.folder': setting({
    variable: 'CONTRAIL_METRIC_HUB_FOLDER',
    text: 'The folder for the clone of a metric-hub that is fetched.',
    example: '/var/lib/contrail/metric-hub',
    default: './contrail-metric-hub',
    schema: z.string().min(1),
  }),
  'metricHub.refresh': setting({
    variable: 'CONTRAIL_METRIC_HUB_REFRESH',
    text: 'How old what is known of metric-hub may be before it is looked up again.',
    example: '1h',
    default: '5m',
    schema: duration(),
  }),
  'metricHub.timeout': setting({
    variable: 'CONTRAIL_METRIC_HUB_TIMEOUT',
    text: 'How long one fetch of metric-hub may take; after it the last good revision serves.',
    example: '5m',
    default: '2m',
    schema: duration(),
  }),
  'metricHub.private': setting({
    variable: 'CONTRAIL_METRIC_HUB_PRIVATE',
    text: 'Whether metric-hub is a private repository: no metadata file is then written.',
    example: 'true',
    default: 'false',
    schema: z.enum(['true', 'false']).transform((text) => text === 'true'),
  }),
  'metadata.analysisLead': setting({
    variable: 'CONTRAIL_METADATA_ANALYSIS_LEAD',
    text: 'How long before the first of its tables was written an analysis is taken to have begun.',
    example: '1h',
    default: '30m',
    schema: duration(),
  }),
  'metadata.longestWait': setting({
    variable: 'CONTRAIL_METADATA_LONGEST_WAIT',
    text: 'How long metadata wait for the statistics and errors that are due with them.',
    example: '10m',
    default: '30m',
    schema: duration(),
  }),
  'experimenter.keep': setting({
    variable: 'CONTRAIL_EXPERIMENTER_KEEP',
    text: 'How long a process keeps the list of experiments before it asks for it again.',
    example: '5m',
    default: '30s',
    schema: duration(),
  }),
  bigqueryEmulator: setting({
    variable: 'BIGQUERY_EMULATOR_HOST',
    text: 'Another BigQuery than the real one, as host:port or a URL. Over plain HTTP no credentials are sent.',
    example: '127.0.0.1:9050',
    default: undefined,
    schema: hostOrUrl(),
  }),
  bigqueryStorageEmulator: setting({
    variable: 'BIGQUERY_STORAGE_EMULATOR_HOST',
    text: 'The Storage Read service that belongs to it.',
    example: '127.0.0.1:9060',
    default: undefined,
    schema: z.string().regex(/^[A-Za-z0-9.-]+:\d{1,5}$/, 'host:port'),
  }),
  storageEmulator: setting({
    variable: 'STORAGE_EMULATOR_HOST',
    text: 'Another Cloud Storage than the real one, as host:port or a URL.',
    example: 'http://127.0.0.1:4443',
    default: undefined,
    schema: hostOrUrl(),
  }),
  logLevel: setting({
    variable: 'CONTRAIL_LOG_LEVEL',
    text: 'The least important lines that are still logged.',
    example: 'debug',
    default: 'info',
    schema: z.enum(['debug', 'info', 'warn']),
  }),
  now: setting({
    variable: 'CONTRAIL_NOW',
    text: 'A fixed time instead of the clock, for tests and replays.',
    example: '2026-01-15T12:00:00Z',
    default: undefined,
    schema: z.iso
      .datetime({ offset: true, error: 'a time such as 2026-01-15T12:00:00Z' })
      .transform((text) => Date.parse(text)),
  }),
  'statistics.refusedShare': setting({
    variable: 'CONTRAIL_STATISTICS_REFUSED_SHARE',
    text: 'The share of rows that may break the rules of the console before nothing is published.',
    example: '0.05',
    default: '0.1',
    schema: share(),
  }),
  'statistics.duplicateLimit': setting({
    variable: 'CONTRAIL_STATISTICS_DUPLICATE_LIMIT',
    text: 'Rows of one window up to which repeated keys are looked for, where the warehouse does not sort the rows.',
    example: '5000000',
    default: '1000000',
    schema: positiveInteger(100_000_000),
  }),
  'statistics.divideRows': setting({
    variable: 'CONTRAIL_STATISTICS_DIVIDE_ROWS',
    text: 'Tables with at least so many rows are exported in parts, by several workers, where warehouse and bucket can.',
    example: '50000000',
    default: '10000000',
    schema: positiveInteger(1_000_000_000),
  }),
  'bigquery.parts': setting({
    variable: 'CONTRAIL_BIGQUERY_PARTS',
    text: 'Into about how many parts such a table is divided.',
    example: '32',
    default: '16',
    schema: positiveInteger(1_000),
  }),
  'bigquery.maximumBytesBilled': setting({
    variable: 'CONTRAIL_BIGQUERY_MAXIMUM_BYTES_BILLED',
    text: 'No query may be billed for more; the warehouse refuses it before it costs anything.',
    example: '1TB',
    default: '100GB',
    schema: byteSize(),
  }),
  'bigquery.compression': setting({
    variable: 'CONTRAIL_BIGQUERY_COMPRESSION',
    text: 'Whether rows are read compressed (LZ4): for workers outside the region of the datasets.',
    example: 'true',
    default: 'false',
    schema: z.enum(['true', 'false']).transform((text) => text === 'true'),
  }),
  'gcs.gzip': setting({
    variable: 'CONTRAIL_GCS_GZIP',
    text: 'Whether files are stored compressed; readers must accept Content-Encoding: gzip.',
    example: 'true',
    default: 'false',
    schema: z.enum(['true', 'false']).transform((text) => text === 'true'),
  }),
  'worker.concurrency': setting({
    variable: 'CONTRAIL_WORKER_CONCURRENCY',
    text: 'Jobs of one queue that a worker process does at once. Unless set: 32 with BigQuery, whose answers take their time, 4 with DuckDB. Parts of very large tables: at most 2.',
    example: '8',
    default: undefined,
    schema: positiveInteger(1000),
  }),
  'worker.drainTimeout': setting({
    variable: 'CONTRAIL_WORKER_DRAIN_TIMEOUT',
    text: 'How long a worker that is told to stop may finish its jobs before it gives them back.',
    example: '60s',
    default: '20s',
    schema: duration(),
  }),
  'schedule.interval': setting({
    variable: 'CONTRAIL_SCHEDULE_INTERVAL',
    text: 'How often `contrail schedule` looks for changes.',
    example: '5m',
    default: '1m',
    schema: duration(),
  }),
  'schedule.importExperiments': setting({
    variable: 'CONTRAIL_SCHEDULE_IMPORT_EXPERIMENTS',
    text: 'How often the list of experiments is copied into `experimenter_experiments_v1`.',
    example: '1h',
    default: '10m',
    schema: duration(),
  }),
  'schedule.checkAlerts': setting({
    variable: 'CONTRAIL_SCHEDULE_CHECK_ALERTS',
    text: 'How often the alert rules are evaluated.',
    example: '15m',
    default: '5m',
    schema: duration(),
  }),
  'schedule.dailyAfter': setting({
    variable: 'CONTRAIL_SCHEDULE_DAILY_AFTER',
    text: 'How long after midnight UTC the daily work begins: cost of the day before, sample ratios.',
    example: '5h',
    default: '3h',
    schema: duration(),
  }),
  'freshness.lag': setting({
    variable: 'CONTRAIL_FRESHNESS_LAG',
    text: 'How long a file may be behind its source before it counts as stale.',
    example: '2h',
    default: '6h',
    schema: duration(),
  }),
  'alerts.limits': setting({
    variable: 'CONTRAIL_ALERTS_LIMITS',
    text: 'Thresholds other than the defaults, by rule; behind a slash the one above which it is critical. docs/alerts.md lists the rules.',
    example: 'M3=500,C1=0.5/2',
    default: '',
    schema: ruleLimits(ALERT_RULES.map((rule) => rule.id)),
  }),
  'alerts.silence': setting({
    variable: 'CONTRAIL_ALERTS_SILENCE',
    text: 'Alerts that are to be quiet: rules, experiments (or other subjects), or both as in `M1:my-experiment`.',
    example: 'E4,M1:my-experiment',
    default: '',
    schema: names(),
  }),
  'notify.webhook': setting({
    variable: 'CONTRAIL_NOTIFY_WEBHOOK',
    text: 'Where messages about alerts are posted as JSON.',
    example: 'https://alerts.example.org/contrail',
    default: undefined,
    schema: webAddress(),
  }),
  'notify.webhookSecret': setting({
    variable: 'CONTRAIL_NOTIFY_WEBHOOK_SECRET',
    text: 'The key that signs those messages (HMAC-SHA256 over time and body).',
    example: 'a-long-random-text',
    default: undefined,
    schema: z.string().min(8, 'at least 8 characters'),
  }),
  'notify.slack': setting({
    variable: 'CONTRAIL_NOTIFY_SLACK',
    text: 'The address of an incoming webhook of Slack.',
    example: 'https://hooks.slack.com/services/…',
    default: undefined,
    schema: webAddress(),
  }),
  'web.address': setting({
    variable: 'CONTRAIL_WEB_ADDRESS',
    text: 'The address under which people reach the pages, for links in messages.',
    example: 'https://contrail.example.org',
    default: undefined,
    schema: webAddress(),
  }),
  'records.window': setting({
    variable: 'CONTRAIL_RECORDS_WINDOW',
    text: 'How long log and run records gather before they are written together: a BigQuery table takes some 1,500 writes a day.',
    example: '5m',
    default: '2m',
    schema: duration(),
  }),
  'records.spool': setting({
    variable: 'CONTRAIL_RECORDS_SPOOL',
    text: 'The folder where records wait while Redis is away.',
    example: '/var/lib/contrail/spool',
    default: './contrail-spool',
    schema: z.string().min(1),
  }),
  'pricing.mode': setting({
    variable: 'CONTRAIL_PRICING_MODE',
    text: 'How queries are paid for: by slot-hours (editions) or by bytes read (on_demand).',
    example: 'on_demand',
    default: 'editions',
    schema: z.enum(['editions', 'on_demand']),
  }),
  'pricing.usdPerSlotHour': setting({
    variable: 'CONTRAIL_PRICING_USD_PER_SLOT_HOUR',
    text: 'The price of a slot-hour; the default is the list price of the Enterprise edition in the US.',
    example: '0.04',
    default: '0.06',
    schema: usd(),
  }),
  'pricing.usdPerTiB': setting({
    variable: 'CONTRAIL_PRICING_USD_PER_TI_B',
    text: 'The price of reading a tebibyte; the default is the US list price.',
    example: '5',
    default: '6.25',
    schema: usd(),
  }),
  'queue.prefix': setting({
    variable: 'CONTRAIL_QUEUE_PREFIX',
    text: 'The beginning of all keys in Redis, to keep apart what shares one.',
    example: 'contrail-staging',
    default: 'contrail',
    schema: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'up to 64 letters, digits, _ and -'),
  }),
  'duckdb.memoryLimit': setting({
    variable: 'CONTRAIL_DUCKDB_MEMORY_LIMIT',
    text: 'How much memory DuckDB may take; larger sorts go to disk.',
    example: '1GB',
    default: '320MB',
    schema: z.string().regex(/^[1-9][0-9]*(?:\.[0-9]+)? ?[KMGT]i?B$/, 'a size such as 512MB or 2GiB'),
  }),
  'duckdb.threads': setting({
    variable: 'CONTRAIL_DUCKDB_THREADS',
    text: 'Threads that DuckDB works with.',
    example: '4',
    default: '2',
    schema: positiveInteger(256),
  }),
  'duckdb.wait': setting({
    variable: 'CONTRAIL_DUCKDB_WAIT',
    text: 'How long to wait for a DuckDB file that another process holds.',
    example: '30s',
    default: '10s',
    schema: duration(),
  }),
  'web.host': setting({
    variable: 'CONTRAIL_WEB_HOST',
    text: 'The address that the pages listen on. Only loopback addresses, for now.',
    example: '127.0.0.1',
    default: '127.0.0.1',
    schema: z.string().min(1),
  }),
  'web.port': setting({
    variable: 'CONTRAIL_WEB_PORT',
    text: 'The port that the pages listen on; 0 takes any free one.',
    example: '8080',
    default: '8080',
    schema: z
      .string()
      .regex(/^\d{1,5}$/, 'a port, 0 to 65535')
      .transform(Number)
      .refine((port) => port <= 65_535, 'a port, 0 to 65535'),
  }),
} as const;

export type SettingName = keyof typeof SETTINGS;
