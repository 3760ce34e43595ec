/** The inputs of the alert rules. Each source is read separately, so one that fails stops only its own rules. */
import type { EnrollmentCounts } from './enrollment-checks.ts';
import type { EnrollmentFunnel } from './enrollment-funnel.ts';
import type { ExperimentRow, ExperimentStatus } from '../domain/experiments-table.ts';
import { dayOf, daysBetween } from '../domain/utc-time.ts';

export interface AlertInputs {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly sources: { readonly [Name in SourceName]: Reading<SourceValues[Name]> };
}

export type Reading<Value> =
  /** `at`: the time of the values, milliseconds since 1970. */
  | {
      readonly kind: 'read';
      readonly value: Value;
      readonly at: number;
      /** Experiments whose record cannot be read: their alerts do not change. */
      readonly unread?: ReadonlySet<string>;
      /** Why the values say nothing about any subject; raises alert X1. */
      readonly problem?: string;
    }
  | { readonly kind: 'missing'; readonly reason: string };

export interface SourceValues {
  readonly experiments: readonly WatchedExperiment[];
  /** `leftOut`: slugs of experiments that metric-hub leaves out of the analysis or keeps private. */
  readonly metricHub: { readonly leftOut: ReadonlySet<string> };
  /** `enrollment_counts_latest.json`, by slug. */
  readonly enrollmentCounts: ReadonlyMap<string, EnrollmentCounts>;
  /** `enrollment_funnel_v1_latest.json`. */
  readonly enrollmentFunnel: EnrollmentFunnel;
  /** Entries of each experiment's errors file since its analysis start, in the order of the file; by slug. */
  readonly errors: ReadonlyMap<string, readonly AnalysisError[]>;
  /** Names of published objects. */
  readonly objects: ReadonlySet<string>;
  /** Per-window tables of the results dataset; a description is the exact slug of their experiment. */
  readonly tables: readonly { readonly name: string; readonly changedAt: number; readonly description?: string }[];
  /** The analysis' queries of the last 30 days, from `query_cost_v1`. */
  readonly queries: readonly CostedQuery[];
  /** Contrail's own runs of the last 30 days, from `export_runs_v1`. */
  readonly runs: readonly CostedRun[];
  /** Every file, with its state as on the pages. */
  readonly files: readonly FileCondition[];
  /** Rows that wait to be written to the warehouse, by queue. */
  readonly records: readonly WaitingRecords[];
  /** Every queue. */
  readonly throttling: readonly QueueThrottling[];
  readonly logs: LogCounts;
  /** The configured queries that are enabled. */
  readonly watchedQueries: readonly WatchedQuery[];
}

export type SourceName = keyof SourceValues;

export interface WatchedExperiment {
  readonly slug: string;
  readonly appName: string;
  readonly status: ExperimentStatus;
  /** Days, `YYYY-MM-DD` in UTC. */
  readonly startDate: string | null;
  readonly endDate: string | null;
  readonly enrollmentEndDate: string | null;
  /** Days. */
  readonly proposedEnrollment: number;
  /** Days; only in the API. */
  readonly proposedDuration: number | null;
  readonly isRollout: boolean;
  /** Enrolls for as long as it runs; only in the API. */
  readonly isHoldback: boolean;
  /** The analysis was asked to run it again as a whole; only in the API. */
  readonly doRerun: boolean;
  /** Time of the newest such request, milliseconds since 1970. */
  readonly rerunRequestedAt: number | null;
  readonly isEnrollmentPaused: boolean;
  readonly branches: readonly { readonly slug: string; readonly ratio: number }[];
  readonly targetedPercent: number;
  /** Time of the launch, milliseconds since 1970, if it is known more precisely than the day. */
  readonly launchedAt: number | null;
  /** Clients that match the targeting; the API does not have it today. */
  readonly eligibleClients: number | null;
}

/** What the table has no column for. */
type ApiOnly = 'proposedDuration' | 'isHoldback' | 'doRerun' | 'rerunRequestedAt' | 'launchedAt' | 'eligibleClients';

/** The watched columns of a row of the experiments table. */
export function watchExperiment(
  row: ExperimentRow,
  more: Partial<Pick<WatchedExperiment, ApiOnly>> = {},
): WatchedExperiment {
  return {
    slug: row.normandy_slug,
    appName: row.app_name,
    status: row.status,
    startDate: row.start_date,
    endDate: row.end_date,
    enrollmentEndDate: row.enrollment_end_date,
    proposedEnrollment: row.proposed_enrollment,
    proposedDuration: more.proposedDuration ?? null,
    isRollout: row.is_rollout,
    isHoldback: more.isHoldback ?? false,
    doRerun: more.doRerun ?? false,
    rerunRequestedAt: more.rerunRequestedAt ?? null,
    isEnrollmentPaused: row.is_enrollment_paused ?? false,
    branches: row.branches.map(({ slug, ratio }) => ({ slug, ratio })),
    targetedPercent: row.targeted_percent,
    launchedAt: more.launchedAt ?? null,
    eligibleClients: more.eligibleClients ?? null,
  };
}

export interface AnalysisError {
  readonly metric: string | null;
  readonly exceptionType: string | null;
}

export interface CostedQuery {
  /** Milliseconds since 1970. */
  readonly submittedAt: number;
  readonly table: string;
  /** The real experiment (`ExperimentsByTable`); null if there is none. */
  readonly experiment: string | null;
  readonly costUsd: number;
}

export interface CostedRun {
  readonly finishedAt: number;
  readonly product: string;
  readonly experiment: string | null;
  readonly period: string | null;
  readonly costUsd: number;
}

/** A file in one of the states of the pages (spec: pages, section 2). */
export interface FileCondition {
  readonly experiment: string;
  readonly product: string;
  readonly period: string | null;
  readonly state: 'running' | 'failed' | 'stale' | 'never' | 'fresh' | 'gone' | 'rebuilding' | 'not due' | 'missing';
  /** Milliseconds beyond the allowed lag; null for states without one. */
  readonly lateMs: number | null;
  /** The error of the newest finished run, if it failed for good. */
  readonly failure: { readonly code: string; readonly attempts: number } | null;
  /** Whether an earlier file is published; null: unknown. */
  readonly hasFile: boolean | null;
}

export interface WaitingRecords {
  readonly queue: string;
  readonly waiting: number;
  readonly oldestMs: number;
  /** Milliseconds since the oldest record should have been written. */
  readonly lateMs: number;
}

export interface QueueThrottling {
  readonly queue: string;
  /** For how long a service has been throttling its jobs without a break; 0: none is. */
  readonly throttledMs: number;
}

export interface WatchedQuery {
  readonly name: string;
  /** The longest time between two runs. */
  readonly cadenceMs: number;
  /** Newest success and oldest run that are known, milliseconds since 1970; null: none. */
  readonly succeededAt: number | null;
  readonly ranAt: number | null;
}

export interface LogCounts {
  /** Log rows of the last day without a category. */
  readonly uncategorized: number;
  /** Critical errors of the last three days by experiment; an empty key for rows without one. */
  readonly critical: ReadonlyMap<string, number>;
}

/** Whole days since the start, 0 on that day; undefined if it has not started. */
export function daysSinceStart(experiment: WatchedExperiment, now: number): number | undefined {
  if (experiment.startDate === null) return undefined;
  const days = daysBetween(experiment.startDate, dayOf(now));
  return days === undefined || days < 0 ? undefined : days;
}
