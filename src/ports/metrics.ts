/** Every metric of `/metrics`, and how the work counts them. `docs/metrics.md` is made from this list. */

/** `counter` only grows, `gauge` is what was read last, `histogram` counts observations by size. */
export type MetricKind = 'counter' | 'gauge' | 'histogram';

export interface MetricDefinition {
  readonly kind: MetricKind;
  /** A sentence. */
  readonly text: string;
  /** Only labels with few values that we choose: never a slug, a job's id or the text of an error. */
  readonly labels: readonly string[];
}

export const METRICS = {
  contrail_build_info: { kind: 'gauge', text: 'Always 1; the label is the version of Contrail.', labels: ['version'] },

  contrail_queue_jobs: {
    kind: 'gauge',
    text: 'Jobs in a queue: `waiting`, `prioritized`, `due` (their delay is over), `delayed`, `active`, `parents` (wait for parts), `completed` and `failed` (kept ones).',
    labels: ['queue', 'state'],
  },
  contrail_queue_ready_jobs: {
    kind: 'gauge',
    text: 'Jobs that a free worker could take now: waiting, prioritized and due ones; 0 while the queue is paused.',
    labels: ['queue'],
  },
  contrail_queue_oldest_job_age_seconds: {
    kind: 'gauge',
    text: 'Age of the oldest job that waits, also in a paused queue: since it was enqueued, or since its delay was over.',
    labels: ['queue'],
  },
  contrail_queue_paused: { kind: 'gauge', text: '1 while the queue is paused.', labels: ['queue'] },
  contrail_queue_rest_seconds: {
    kind: 'gauge',
    text: 'How long the queue still rests because a service throttles.',
    labels: ['queue'],
  },
  contrail_queue_throttled_seconds: {
    kind: 'gauge',
    text: 'For how long a service has been throttling the jobs of the queue without a break; 0: none is.',
    labels: ['queue'],
  },
  contrail_queue_standstill: {
    kind: 'gauge',
    text: '1 while no worker takes jobs of a queue that has some.',
    labels: ['queue'],
  },

  contrail_attempts_total: {
    kind: 'counter',
    text: 'Attempts that ended in this process, by outcome. Throttled ones do not use up a retry.',
    labels: ['queue', 'outcome'],
  },
  contrail_failures_total: {
    kind: 'counter',
    text: 'Failed attempts by error code (docs/errors.md).',
    labels: ['queue', 'code'],
  },
  contrail_attempt_seconds: {
    kind: 'histogram',
    text: 'Duration of attempts that were not throttled.',
    labels: ['queue'],
  },
  contrail_phase_seconds: {
    kind: 'histogram',
    text: 'Duration of the phases of a publication: `read` (and encode) and `publish`.',
    labels: ['queue', 'phase'],
  },
  contrail_limit_turns: {
    kind: 'gauge',
    text: 'Turns of a limit for all workers (`CONTRAIL_LIMITS_…`) that this process has (`held`) or waits for (`waiting`).',
    labels: ['limit', 'state'],
  },
  contrail_running_jobs: { kind: 'gauge', text: 'Jobs that this process is running.', labels: [] },
  contrail_rows_total: { kind: 'counter', text: 'Rows published or written.', labels: ['queue'] },
  contrail_rows_left_out_total: {
    kind: 'counter',
    text: 'Rows left out: refused by the console, repeated, or refused by the warehouse.',
    labels: ['queue'],
  },
  contrail_written_bytes_total: { kind: 'counter', text: 'Bytes of published files, uncompressed.', labels: ['queue'] },
  contrail_read_bytes_total: { kind: 'counter', text: 'Bytes that the warehouse read for exports.', labels: ['queue'] },
  contrail_billed_bytes_total: {
    kind: 'counter',
    text: 'Bytes that the warehouse billed for exports.',
    labels: ['queue'],
  },
  contrail_slot_seconds_total: { kind: 'counter', text: 'Slot time that exports used.', labels: ['queue'] },
  contrail_cost_usd_total: {
    kind: 'counter',
    text: 'Estimated cost of exports at the configured prices.',
    labels: ['queue'],
  },
  contrail_throttled_rest_seconds_total: {
    kind: 'counter',
    text: 'How long this process has put queues to rest because a service throttled.',
    labels: ['queue'],
  },

  contrail_service_passes_total: {
    kind: 'counter',
    text: 'Passes of the repeating services of this process, such as `scan`: `done` or `failed`.',
    labels: ['service', 'result'],
  },
  contrail_notices_total: {
    kind: 'counter',
    text: 'Messages about changes in the warehouse: about a statistics `table`, about something `other`, or `bad` (not readable).',
    labels: ['kind'],
  },
  contrail_service_pass_seconds: { kind: 'histogram', text: 'Duration of these passes.', labels: ['service'] },

  contrail_redis_up: { kind: 'gauge', text: '1 if Redis answered the last look and takes writes.', labels: [] },
  contrail_redis_memory_bytes: { kind: 'gauge', text: 'Memory that Redis uses.', labels: [] },
  contrail_redis_memory_limit_bytes: { kind: 'gauge', text: 'Memory that Redis may use; 0: no limit.', labels: [] },
  contrail_redis_commands_total: { kind: 'counter', text: 'Commands that this process has sent to Redis.', labels: [] },
  contrail_ready: { kind: 'gauge', text: '1 if /readyz says ready.', labels: [] },
} as const satisfies Record<string, MetricDefinition>;

export type MetricName = keyof typeof METRICS;

type NamesOf<Kind extends MetricKind> = {
  [Name in MetricName]: (typeof METRICS)[Name]['kind'] extends Kind ? Name : never;
}[MetricName];

export type CounterName = NamesOf<'counter'>;
export type GaugeName = NamesOf<'gauge'>;
export type HistogramName = NamesOf<'histogram'>;

/** Exactly the labels of a metric. */
export type LabelsOf<Name extends MetricName> = Readonly<Record<(typeof METRICS)[Name]['labels'][number], string>>;

/** Numbers of this process. No method throws or waits. */
export interface Metrics {
  /** Adds to a counter; amounts that are not positive numbers add nothing. */
  add<Name extends CounterName>(name: Name, labels: LabelsOf<Name>, amount?: number): void;
  observe<Name extends HistogramName>(name: Name, labels: LabelsOf<Name>, value: number): void;
  set<Name extends GaugeName>(name: Name, labels: LabelsOf<Name>, value: number): void;
  /** Forgets all values of a gauge: better none than old ones. */
  forget(name: GaugeName): void;
}

/** Metrics that can be read. */
export interface ReadableMetrics extends Metrics {
  /** In the text format of Prometheus. */
  text(): Promise<string>;
  readonly contentType: string;
}
