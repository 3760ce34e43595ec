/** Every setting. `npm run docs` makes `docs/configuration.md` and `.env.example` from this list. */
import { z } from 'zod';
import { ALERT_RULES } from '../alerts/rules.ts';
import { CONSOLE_RULES_NAMES, DEFAULT_CONSOLE_RULES } from '../domain/console-rules.ts';
import {
  byteSize,
  duration,
  hostOrUrl,
  isProjectUrl,
  names,
  oneOf,
  parsedUrl,
  place,
  positiveInteger,
  publicAddress,
  ruleLimits,
  secretText,
  secretUrl,
  share,
  usd,
  yesOrNo,
} from './setting-types.ts';

export interface Setting<Value, Default extends string | undefined> {
  readonly variable: string;
  /** A sentence for people. */
  readonly text: string;
  readonly example: string;
  /** As written in the environment. Undefined: the setting may stay unset. */
  readonly default: Default;
  readonly schema: z.ZodType<Value, string>;
  /** May hold a password, so messages do not repeat it. */
  readonly isSecret?: boolean;
}

function setting<Value, Default extends string | undefined>(
  definition: Setting<Value, Default>,
): Setting<Value, Default> {
  return definition;
}

export const SETTINGS = {
  redis: setting({
    variable: 'CONTRAIL_REDIS',
    text: 'The Redis of the queues: version 7 or newer (or Valkey), with maxmemory-policy noeviction. Only host and port are ever shown.',
    example: 'rediss://user:secret@redis.example.org:6380/0',
    default: 'redis://127.0.0.1:6379',
    schema: secretUrl(['redis', 'rediss']),
    isSecret: true,
  }),
  warehouse: setting({
    variable: 'CONTRAIL_WAREHOUSE',
    text: 'The warehouse with the analysis tables: a BigQuery project with the location of its datasets, or a DuckDB file.',
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
  queries: setting({
    variable: 'CONTRAIL_QUERIES',
    text: 'A TOML or JSON file with queries whose rows are published as JSON files; docs/queries.md describes it. Without it there are none.',
    example: 'config/queries.live.toml',
    default: undefined,
    schema: z
      .string()
      .regex(/^[^\0]+$/, 'the path of a file')
      .transform((path) => path.replace(/^file:(?:\/\/(?=\/))?/, '')),
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
    text: 'Where the list of experiments comes from: the URL of an Experimenter, a file with the list, or a folder with one file per experiment. A user, password or query in the URL is never shown or stored.',
    example: 'file:./experiments.json',
    default: 'https://experimenter.services.mozilla.com',
    schema: place(),
    isSecret: true,
  }),
  metricHub: setting({
    variable: 'CONTRAIL_METRIC_HUB',
    text: 'The repository of metric definitions, or a folder with it. Metadata files are built from it. A user, password or query in the URL is never shown or stored.',
    example: 'file:./metric-hub',
    default: 'https://github.com/mozilla/metric-hub',
    schema: place(),
    isSecret: true,
  }),
  'metricHub.folder': setting({
    variable: 'CONTRAIL_METRIC_HUB_FOLDER',
    text: 'The folder for the clone of metric-hub.',
    example: '/var/lib/contrail/metric-hub',
    default: './contrail-metric-hub',
    schema: z.string().min(1),
  }),
  'metricHub.refresh': setting({
    variable: 'CONTRAIL_METRIC_HUB_REFRESH',
    text: 'Maximum age of the known state of metric-hub before it is fetched again.',
    example: '1h',
    default: '5m',
    schema: duration('7d'),
  }),
  'metricHub.timeout': setting({
    variable: 'CONTRAIL_METRIC_HUB_TIMEOUT',
    text: 'Time limit for fetching metric-hub; when it is exceeded, the last good revision is used.',
    example: '5m',
    default: '2m',
    schema: duration('1h'),
  }),
  'metricHub.maximumBytes': setting({
    variable: 'CONTRAIL_METRIC_HUB_MAXIMUM_BYTES',
    text: 'Largest metric-hub that is read: its git pack, or all files of a folder together.',
    example: '500MB',
    default: '100MB',
    schema: byteSize(),
  }),
  'metricHub.maximumFileBytes': setting({
    variable: 'CONTRAIL_METRIC_HUB_MAXIMUM_FILE_BYTES',
    text: 'Largest single file of metric-hub, unpacked, in any of its revisions.',
    example: '50MB',
    default: '10MB',
    schema: byteSize(),
  }),
  'metricHub.private': setting({
    variable: 'CONTRAIL_METRIC_HUB_PRIVATE',
    text: 'Whether metric-hub is a private repository; if so, no metadata files are written.',
    example: 'true',
    default: 'false',
    schema: yesOrNo(),
  }),
  'metadata.analysisLead': setting({
    variable: 'CONTRAIL_METADATA_ANALYSIS_LEAD',
    text: 'How long an analysis is assumed to have run before its first table was written.',
    example: '1h',
    default: '30m',
    schema: duration('7d'),
  }),
  'metadata.longestWait': setting({
    variable: 'CONTRAIL_METADATA_LONGEST_WAIT',
    text: 'Maximum time metadata waits for its statistics and errors.',
    example: '10m',
    default: '30m',
    schema: duration('1d'),
  }),
  'experimenter.keep': setting({
    variable: 'CONTRAIL_EXPERIMENTER_KEEP',
    text: 'How long a process keeps the list of experiments before fetching it again.',
    example: '5m',
    default: '30s',
    schema: duration('1d'),
  }),
  'experimenter.maximumBytes': setting({
    variable: 'CONTRAIL_EXPERIMENTER_MAXIMUM_BYTES',
    text: 'Largest list of experiments that is read, decompressed.',
    example: '300MB',
    default: '100MB',
    schema: byteSize(),
  }),
  'experimenter.maximumRecords': setting({
    variable: 'CONTRAIL_EXPERIMENTER_MAXIMUM_RECORDS',
    text: 'Most experiments that the list may hold.',
    example: '500000',
    default: '100000',
    schema: positiveInteger(10_000_000),
  }),
  'enrollmentCounts.maximumBytes': setting({
    variable: 'CONTRAIL_ENROLLMENT_COUNTS_MAXIMUM_BYTES',
    text: 'Largest object of enrollment counts that is read from the bucket, decompressed.',
    example: '50MB',
    default: '20MB',
    schema: byteSize(),
  }),
  'enrollmentFunnel.maximumBytes': setting({
    variable: 'CONTRAIL_ENROLLMENT_FUNNEL_MAXIMUM_BYTES',
    text: 'Largest enrollment funnel that is read from the bucket, decompressed.',
    example: '50MB',
    default: '20MB',
    schema: byteSize(),
  }),
  bigqueryEmulator: setting({
    variable: 'BIGQUERY_EMULATOR_HOST',
    text: 'Address of a BigQuery emulator, as host:port or a URL. No credentials are sent over plain HTTP.',
    example: '127.0.0.1:9050',
    default: undefined,
    schema: hostOrUrl(),
    isSecret: true,
  }),
  bigqueryStorageEmulator: setting({
    variable: 'BIGQUERY_STORAGE_EMULATOR_HOST',
    text: "Address of the emulator's Storage Read API.",
    example: '127.0.0.1:9060',
    default: undefined,
    schema: z.string().regex(/^[A-Za-z0-9.-]+:\d{1,5}$/, 'host:port'),
    isSecret: true,
  }),
  storageEmulator: setting({
    variable: 'STORAGE_EMULATOR_HOST',
    text: 'Address of a Cloud Storage emulator, as host:port or a URL.',
    example: 'http://127.0.0.1:4443',
    default: undefined,
    schema: hostOrUrl(),
    isSecret: true,
  }),
  logLevel: setting({
    variable: 'CONTRAIL_LOG_LEVEL',
    text: 'Log level: messages below it are not logged.',
    example: 'debug',
    default: 'info',
    schema: oneOf(['debug', 'info', 'warn']),
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
    text: 'Largest share of rejected rows; with more, the file is not published.',
    example: '0.05',
    default: '0.1',
    schema: share(),
  }),
  'console.rules': setting({
    variable: 'CONTRAIL_CONSOLE_RULES',
    text: 'The version of the Experimenter console that statistics files are made for, by its commit or pull request.',
    example: '16512',
    default: DEFAULT_CONSOLE_RULES,
    schema: z.enum(CONSOLE_RULES_NAMES),
  }),
  'statistics.duplicateLimit': setting({
    variable: 'CONTRAIL_STATISTICS_DUPLICATE_LIMIT',
    text: 'Largest window, in rows, that is searched for repeated keys if the warehouse does not sort the rows.',
    example: '5000000',
    default: '1000000',
    schema: positiveInteger(100_000_000),
  }),
  'statistics.divideRows': setting({
    variable: 'CONTRAIL_STATISTICS_DIVIDE_ROWS',
    text: 'Tables with at least this many rows are exported in parts by several workers, if warehouse and bucket support it.',
    example: '50000000',
    default: '10000000',
    schema: positiveInteger(1_000_000_000),
  }),
  'bigquery.parts': setting({
    variable: 'CONTRAIL_BIGQUERY_PARTS',
    text: 'Approximate number of parts for a table that is exported in parts.',
    example: '32',
    default: '16',
    schema: positiveInteger(1_000),
  }),
  'bigquery.maximumBytesBilled': setting({
    variable: 'CONTRAIL_BIGQUERY_MAXIMUM_BYTES_BILLED',
    text: 'Most bytes a query may be billed for; BigQuery refuses larger ones at no cost.',
    example: '1TB',
    default: '100GB',
    schema: byteSize(),
  }),
  'bigquery.compression': setting({
    variable: 'CONTRAIL_BIGQUERY_COMPRESSION',
    text: 'Whether rows are read compressed (LZ4); worth it for workers outside the region of the datasets.',
    example: 'true',
    default: 'false',
    schema: yesOrNo(),
  }),
  'gcs.gzip': setting({
    variable: 'CONTRAIL_GCS_GZIP',
    text: 'Whether files are stored compressed; readers must then accept Content-Encoding: gzip.',
    example: 'true',
    default: 'false',
    schema: yesOrNo(),
  }),
  'worker.concurrency': setting({
    variable: 'CONTRAIL_WORKER_CONCURRENCY',
    text: 'Jobs of one queue that a worker process runs at the same time. If not set: 32 with BigQuery, 4 with DuckDB. Parts of very large tables: at most 2.',
    example: '8',
    default: undefined,
    schema: positiveInteger(1000),
  }),
  'worker.drainTimeout': setting({
    variable: 'CONTRAIL_WORKER_DRAIN_TIMEOUT',
    text: 'Time a stopping worker gives its jobs to finish before it returns them to the queue.',
    example: '60s',
    default: '20s',
    schema: duration('1d'),
  }),
  'schedule.interval': setting({
    variable: 'CONTRAIL_SCHEDULE_INTERVAL',
    text: 'How often `contrail schedule` looks for changes.',
    example: '5m',
    default: '1m',
    schema: duration('1d'),
  }),
  'schedule.importExperiments': setting({
    variable: 'CONTRAIL_SCHEDULE_IMPORT_EXPERIMENTS',
    text: 'How often the list of experiments is copied into `experimenter_experiments_v1`.',
    example: '1h',
    default: '10m',
    schema: duration('7d'),
  }),
  'schedule.checkAlerts': setting({
    variable: 'CONTRAIL_SCHEDULE_CHECK_ALERTS',
    text: 'How often the alert rules are evaluated.',
    example: '15m',
    default: '5m',
    schema: duration('1d'),
  }),
  'schedule.dailyAfter': setting({
    variable: 'CONTRAIL_SCHEDULE_DAILY_AFTER',
    text: "How long after midnight UTC the daily work starts: the previous day's cost, and sample ratios.",
    example: '5h',
    default: '3h',
    schema: duration('23h'),
  }),
  'freshness.lag': setting({
    variable: 'CONTRAIL_FRESHNESS_LAG',
    text: 'How far a file may be behind its source before it counts as stale.',
    example: '2h',
    default: '6h',
    schema: duration('365d'),
  }),
  'alerts.limits': setting({
    variable: 'CONTRAIL_ALERTS_LIMITS',
    text: 'Thresholds of alert rules; the number after a slash is the critical threshold. docs/alerts.md lists the rules.',
    example: 'M3=500,C1=0.5/2',
    default: '',
    schema: ruleLimits(ALERT_RULES.map((rule) => rule.id)),
  }),
  'alerts.silence': setting({
    variable: 'CONTRAIL_ALERTS_SILENCE',
    text: 'Silenced alerts: rules, experiments (or other subjects), or both as in `M1:my-experiment`.',
    example: 'E4,M1:my-experiment',
    default: '',
    schema: names(),
  }),
  'notify.webhook': setting({
    variable: 'CONTRAIL_NOTIFY_WEBHOOK',
    text: 'Alert messages are posted to this address as JSON. Never shown.',
    example: 'https://alerts.example.org/contrail',
    default: undefined,
    schema: secretUrl(['https', 'http']),
    isSecret: true,
  }),
  'notify.webhookSecret': setting({
    variable: 'CONTRAIL_NOTIFY_WEBHOOK_SECRET',
    text: 'The key that signs webhook messages (HMAC-SHA256 of time and body). Never shown.',
    example: 'a-long-random-text',
    default: undefined,
    schema: secretText(8),
    isSecret: true,
  }),
  'notify.slack': setting({
    variable: 'CONTRAIL_NOTIFY_SLACK',
    text: 'The address of a Slack incoming webhook. Never shown.',
    example: 'https://hooks.slack.com/services/…',
    default: undefined,
    schema: secretUrl(['https', 'http']),
    isSecret: true,
  }),
  'web.address': setting({
    variable: 'CONTRAIL_WEB_ADDRESS',
    text: 'The address under which people reach the pages, for links in messages.',
    example: 'https://contrail.example.org',
    default: undefined,
    schema: publicAddress(),
    isSecret: true,
  }),
  'records.window': setting({
    variable: 'CONTRAIL_RECORDS_WINDOW',
    text: 'How long log and run records are collected before they are written together; BigQuery allows about 1,500 writes per table and day.',
    example: '5m',
    default: '2m',
    schema: duration('1h'),
  }),
  'records.spool': setting({
    variable: 'CONTRAIL_RECORDS_SPOOL',
    text: 'The folder for records that wait while Redis is away, and for copies of records that are only in Redis.',
    example: '/var/lib/contrail/spool',
    default: './contrail-spool',
    schema: z.string().min(1),
  }),
  'pricing.mode': setting({
    variable: 'CONTRAIL_PRICING_MODE',
    text: 'How queries are billed: by slot-hours (editions) or by bytes read (on_demand).',
    example: 'on_demand',
    default: 'editions',
    schema: oneOf(['editions', 'on_demand']),
  }),
  'pricing.usdPerSlotHour': setting({
    variable: 'CONTRAIL_PRICING_USD_PER_SLOT_HOUR',
    text: 'The price of a slot-hour; the default is the list price of the Enterprise edition in the US.',
    example: '0.04',
    default: '0.06',
    schema: usd(),
  }),
  'pricing.usdPerTib': setting({
    variable: 'CONTRAIL_PRICING_USD_PER_TIB',
    text: 'The price of reading a tebibyte; the default is the US list price.',
    example: '5',
    default: '6.25',
    schema: usd(),
  }),
  'queue.prefix': setting({
    variable: 'CONTRAIL_QUEUE_PREFIX',
    text: 'Prefix of all keys in Redis; installations that share a Redis need different ones.',
    example: 'contrail-staging',
    default: 'contrail',
    schema: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'up to 64 letters, digits, _ and -'),
  }),
  'duckdb.memoryLimit': setting({
    variable: 'CONTRAIL_DUCKDB_MEMORY_LIMIT',
    text: 'Memory limit of DuckDB; larger sorts go to disk.',
    example: '1GB',
    default: '320MB',
    schema: z.string().regex(/^[1-9][0-9]*(?:\.[0-9]+)? ?[KMGT]i?B$/, 'a size such as 512MB or 2GiB'),
  }),
  'duckdb.threads': setting({
    variable: 'CONTRAIL_DUCKDB_THREADS',
    text: 'Number of threads DuckDB uses.',
    example: '4',
    default: '2',
    schema: positiveInteger(256),
  }),
  'duckdb.wait': setting({
    variable: 'CONTRAIL_DUCKDB_WAIT',
    text: 'How long to wait for a DuckDB file that another process holds.',
    example: '30s',
    default: '10s',
    schema: duration('1d'),
  }),
  'web.host': setting({
    variable: 'CONTRAIL_WEB_HOST',
    text: 'The address that the pages listen on; only loopback addresses are allowed.',
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
