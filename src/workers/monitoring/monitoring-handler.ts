/** The handler of monitoring jobs. */
import { attemptParts } from '../../domain/log-record.ts';
import type { JobOutcome } from '../../domain/outcome.ts';
import type { JobContext } from '../../ports/job-handler.ts';
import type { MonitoringPayload } from '../../jobs/monitoring-job.ts';
import { describeOutcome } from '../publish/describe-outcome.ts';
import { handleQueryJob, type QueryHandlerDependencies } from '../queries/query-handler.ts';
import { type MonitoringDependencies, runMonitoringTask } from './monitoring-tasks.ts';

export interface MonitoringHandlerDependencies extends MonitoringDependencies {
  /** Absent if no queries are configured. */
  readonly query: QueryHandlerDependencies | undefined;
}

/** Runs one task. Its writes carry the job's id, so that a repetition after a crash writes nothing twice. */
export async function handleMonitoringJob(
  deps: MonitoringHandlerDependencies,
  payload: MonitoringPayload,
  context: JobContext,
): Promise<JobOutcome> {
  if (payload.task === 'query') {
    if (deps.query !== undefined) return handleQueryJob(deps.query, payload, context);
    return { kind: 'skipped', reason: 'no queries are configured for this worker' };
  }
  const { outcome } = await runMonitoringTask(deps, { payload, work: attemptParts(context), signal: context.signal });
  context.log(describeOutcome(outcome));
  return outcome;
}
