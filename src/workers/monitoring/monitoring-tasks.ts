/** The tasks on the monitoring tables, for jobs and for `contrail run`. */
import {
  ALERTS_TABLE,
  EXPERIMENTS_TABLE,
  QUERY_COST_TABLE,
  SAMPLE_RATIO_TABLE,
} from '../../domain/monitoring-tables.ts';
import type { JobOutcome } from '../../domain/outcome.ts';
import type { MonitoringPayload, QueryPayload } from '../../jobs/monitoring-job.ts';
import type { WallClock } from '../../ports/clock.ts';
import { type CheckDependencies, type CheckResult, checkAlerts } from './check-alerts.ts';
import { checkSampleRatio, type SampleRatioDependencies, type SampleRatioResult } from './check-sample-ratio.ts';
import { importExperiments, type ImportDependencies, type ImportResult } from './import-experiments.ts';
import { type ScrapeDependencies, scrapeQueryCost, type ScrapeResult } from './scrape-query-cost.ts';

export interface MonitoringDependencies {
  readonly import: ImportDependencies;
  readonly scrape: ScrapeDependencies;
  readonly sampleRatio: SampleRatioDependencies;
  readonly check: CheckDependencies;
  /** The dataset of the tables, for outcomes: `monitoring`. */
  readonly dataset: string;
  readonly clock: WallClock;
}

export interface MonitoringRequest {
  readonly payload: Exclude<MonitoringPayload, QueryPayload>;
  /** Identifies this run, so that a repetition writes nothing twice. */
  readonly work: readonly string[];
  readonly signal: AbortSignal;
}

export type MonitoringResult =
  | { readonly task: 'import-experiments'; readonly result: ImportResult }
  | { readonly task: 'query-cost'; readonly result: ScrapeResult }
  | { readonly task: 'sample-ratio'; readonly result: SampleRatioResult }
  | { readonly task: 'check-alerts'; readonly result: CheckResult };

/** Runs the task. Throws a ContrailError if its table could not be updated. */
export async function runMonitoringTask(
  deps: MonitoringDependencies,
  { payload, work, signal }: MonitoringRequest,
): Promise<{ readonly done: MonitoringResult; readonly outcome: JobOutcome }> {
  const done = await runTask(deps, { payload, work, signal });
  return { done, outcome: outcomeOf(deps, done) };
}

async function runTask(
  deps: MonitoringDependencies,
  { payload, work, signal }: MonitoringRequest,
): Promise<MonitoringResult> {
  const { task } = payload;
  switch (task) {
    case 'import-experiments':
      return { task, result: await importExperiments(deps.import, work, signal) };
    case 'query-cost':
      return { task, result: await scrapeQueryCost(deps.scrape, { day: payload.day, work, signal }) };
    case 'sample-ratio':
      return { task, result: await checkSampleRatio(deps.sampleRatio, work, signal) };
    case 'check-alerts':
      return { task, result: await checkAlerts(deps.check, work, signal) };
  }
}

function outcomeOf({ dataset, clock }: MonitoringDependencies, done: MonitoringResult): JobOutcome {
  if (done.task === 'import-experiments' && done.result.outcome === 'kept') {
    return { kind: 'skipped', reason: 'neither the API nor the table has an experiment' };
  }
  const { table, rows, rejected = 0 } = writtenBy(done);
  return {
    kind: 'written',
    table: `${dataset}.${table}`,
    rows,
    rejected,
    source: done.task,
    sourceVersion: new Date(clock.now()).toISOString(),
  };
}

interface Written {
  readonly table: string;
  readonly rows: number;
  readonly rejected?: number;
}

function writtenBy(done: MonitoringResult): Written {
  switch (done.task) {
    case 'import-experiments':
      return { table: EXPERIMENTS_TABLE, rows: done.result.imported, rejected: done.result.malformed };
    case 'query-cost':
      return { table: QUERY_COST_TABLE, rows: done.result.rows };
    case 'sample-ratio':
      return { table: SAMPLE_RATIO_TABLE, rows: done.result.rows };
    case 'check-alerts':
      return { table: ALERTS_TABLE, rows: done.result.opened + done.result.resolved };
  }
}
