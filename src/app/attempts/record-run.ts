/** Records of a `contrail run`, written directly to the warehouse before the command ends. */
import { hostname } from 'node:os';
import type { Config } from '../../config/load-config.ts';
import { type ContrailError, errorText } from '../../domain/errors.ts';
import type { LogEvent } from '../../domain/log-record.ts';
import type { JobOutcome } from '../../domain/outcome.ts';
import { type RunEnd, runRecordBatch } from '../../workers/records/run-record.ts';
import { writeLogRecords } from '../../workers/records/write-log-records.ts';
import { eventOfFailure } from '../../workers/publish/events.ts';
import { pricingOf } from '../compose/pricing.ts';
import type { Adapters } from '../compose/adapters.ts';

const LONGEST_WRITE_MS = 60_000;

export interface RecordedRun {
  readonly adapters: Pick<Adapters, 'sink' | 'clock' | 'log'>;
  readonly config: Config;
  readonly product: 'statistics' | 'metadata' | 'errors' | 'query';
  readonly experiment?: string;
  /** Name of a configured query. */
  readonly query?: string;
  readonly period?: string;
  /** The id in the object's metadata. */
  readonly job: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
}

/** Records the outcome of a run, unless there was nothing to do. */
export async function recordRunOutcome(
  run: RecordedRun,
  outcome: JobOutcome,
  events: readonly LogEvent[],
): Promise<void> {
  await writeLogRecords(run.adapters, workOf(run), events);
  if (outcome.kind === 'published' || outcome.kind === 'unchanged') await recordRow(run, { outcome });
}

/** Records a failure that concerns the experiment; a user's mistake is only shown. */
export async function recordRunFailure(run: RecordedRun, error: ContrailError): Promise<void> {
  if (!isAboutTheExperiment(error)) return;
  await writeLogRecords(run.adapters, workOf(run), [eventOfFailure(error, { ...run, ...sourceOf(run) })]);
  await recordRow(run, { error, final: true });
}

function workOf({ product, experiment, query, period, job, startedAt }: RecordedRun): string[] {
  const subject = [experiment, query, period].flatMap((name) => name ?? []);
  return ['run', product, ...subject, job, String(startedAt)];
}

function sourceOf({ query }: RecordedRun): { readonly source?: string } {
  return query === undefined ? {} : { source: `query:${query}` };
}

/** A published file stays published even if its row cannot be written. */
async function recordRow(run: RecordedRun, end: RunEnd): Promise<void> {
  const { adapters, config, product, experiment, query, period, job, startedAt } = run;
  const finishedAt = adapters.clock.now();
  const facts = {
    queue: 'run',
    jobId: `${product}.${experiment ?? query}.${job}`,
    attempt: 1,
    worker: `${hostname()}:${process.pid}`,
    product,
    ...(experiment === undefined ? {} : { experiment }),
    ...sourceOf(run),
    ...(period === undefined ? {} : { period }),
    finishedAt,
    durationMs: finishedAt - startedAt,
  };
  try {
    await adapters.sink.append(runRecordBatch(facts, end, pricingOf(config)), adapters.clock.timeout(LONGEST_WRITE_MS));
  } catch (error) {
    adapters.log.error({ problem: errorText(error), run: facts }, 'a run could not be recorded');
  }
}

/** An unknown slug is a typo, and a warehouse that cannot be opened accepts no records. */
function isAboutTheExperiment({ code, failureClass }: ContrailError): boolean {
  const others = ['EXPERIMENT_UNKNOWN', 'WAREHOUSE_UNREADABLE', 'WAREHOUSE_BUSY', 'ABORTED'];
  return failureClass !== 'usage' && !others.includes(code);
}
