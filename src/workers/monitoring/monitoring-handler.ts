/** The handler of monitoring jobs. */
import { attemptParts } from '../../domain/log-record.ts';
import type { JobOutcome } from '../../domain/outcome.ts';
import type { JobContext } from '../../ports/job-handler.ts';
import type { MonitoringPayload } from '../../jobs/monitoring-job.ts';
import { describeOutcome } from '../publish/describe-outcome.ts';
import { type MonitoringDependencies, runMonitoringTask } from './monitoring-tasks.ts';

/** Runs one task. Its writes carry the job's id, so that a repetition after a crash writes nothing twice. */
export async function handleMonitoringJob(
  deps: MonitoringDependencies,
  payload: MonitoringPayload,
  context: JobContext,
): Promise<JobOutcome> {
  const { outcome } = await runMonitoringTask(deps, { payload, work: attemptParts(context), signal: context.signal });
  context.log(describeOutcome(outcome));
  return outcome;
}
