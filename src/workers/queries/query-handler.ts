/** The handler of query jobs: one run of one configured query. */
import { toContrailError } from '../../domain/errors.ts';
import type { JobOutcome } from '../../domain/outcome.ts';
import type { QueryExport } from '../../domain/query-export/query-export.ts';
import { attemptParts } from '../../domain/log-record.ts';
import type { QueryPayload } from '../../jobs/monitoring-job.ts';
import type { JobContext } from '../../ports/job-handler.ts';
import { describeOutcome } from '../publish/describe-outcome.ts';
import { type LogRecordDependencies, writeLogRecords } from '../records/write-log-records.ts';
import { type ChoiceDependencies, chosenExperiments } from './chosen-experiments.ts';
import type { DailyBudget } from './daily-budget.ts';
import { runQuery } from './run-query.ts';
import { isAboutExperiments, type QueryDependencies } from './running-query.ts';

export interface QueryHandlerDependencies extends QueryDependencies, ChoiceDependencies {
  readonly definitions: readonly QueryExport[];
  readonly budget: DailyBudget;
  readonly records: LogRecordDependencies;
}

/** Does nothing once the day's budget is used up. */
export async function handleQueryJob(
  deps: QueryHandlerDependencies,
  { name, tick }: QueryPayload,
  context: JobContext,
): Promise<JobOutcome> {
  const outcome = await runUnlessStopped(deps, { name, tick, context });
  context.log(describeOutcome(outcome));
  return outcome;
}

interface Job {
  readonly name: string;
  readonly tick: number;
  readonly context: JobContext;
}

async function runUnlessStopped(deps: QueryHandlerDependencies, { name, tick, context }: Job): Promise<JobOutcome> {
  const { signal } = context;
  const definition = deps.definitions.find((query) => query.name === name);
  if (definition === undefined || !definition.isEnabled) {
    return { kind: 'skipped', reason: `no enabled query has the name ${name} in the configuration of this worker` };
  }
  const stopped = await deps.budget.exhausted(signal);
  if (stopped !== undefined) return { kind: 'skipped', reason: stopped, object: definition.object };
  const runId = `${context.jobId}.${context.attempt}`;
  const experiments = isAboutExperiments(definition)
    ? await chosenExperiments(deps, definition.experiments, { now: deps.clock.now(), signal })
    : [];
  const onProgress = (files: number, ofFiles: number): void => context.progress(files / ofFiles);
  try {
    const { outcome, events, usage } = await runQuery(deps, {
      definition,
      tick,
      job: context.jobId,
      experiments,
      signal,
      onProgress,
    });
    deps.budget.spend(runId, usage);
    await writeLogRecords(deps.records, ['query', ...attemptParts(context)], events);
    return outcome;
  } catch (error) {
    deps.budget.spend(runId, toContrailError(error).usage);
    throw error;
  }
}
