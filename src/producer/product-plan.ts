/** What is due of all products, in one form: what `backfill`, `status` and the scans work with. */
import type { ExperimentList } from '../domain/experiment.ts';
import type { AnalysisPeriod } from '../domain/analysis-period.ts';
import type { ContrailError } from '../domain/errors.ts';

/** In the order in which they are published: an experiment's metadata come after its results (design, section 5). */
export const PRODUCTS = ['statistics', 'errors', 'metadata'] as const;
export type ProductName = (typeof PRODUCTS)[number];

/** One file. */
export interface ProductFile {
  readonly product: ProductName;
  readonly experiment: string;
  /** Of statistics. */
  readonly period?: AnalysisPeriod;
}

export type DueReason = 'new' | 'changed' | 'forced';

/** Why a job is made: as planned, or because its work was done before (`missing`) or failed before (`retried`). */
export type JobReason = DueReason | 'missing' | 'retried';

export interface JobReference {
  readonly queue: string;
  readonly id: string;
}

export interface DueFile extends ProductFile {
  readonly reason: DueReason;
  /** When the source changed, milliseconds since 1970, where its version tells. */
  readonly changedAt?: number;
  /** The view or table that will be queried, where there is one. */
  readonly table?: string;
  /** Rows and bytes of the source, as far as known. */
  readonly rows?: number;
  readonly bytes?: number;
  readonly queue: string;
  /** The id of its job; with a nonce, one that no other job has. */
  readonly jobId: (nonce?: string) => string;
  readonly payload: (reason: JobReason, after: readonly JobReference[]) => unknown;
}

export interface SkippedFile extends ProductFile {
  readonly reason: string;
  /** What is odd about it. */
  readonly warning?: ContrailError;
}

export interface RefusedFile extends ProductFile {
  readonly error: ContrailError;
  /** Whether an earlier file is published, where somebody has looked. */
  readonly hasFile?: boolean;
}

export interface ProductPlan {
  readonly due: readonly DueFile[];
  readonly skipped: readonly SkippedFile[];
  /** What cannot be made, whoever asks. */
  readonly refused: readonly RefusedFile[];
  /** What made the plan poorer than it could be, though every source was read. */
  readonly problems: readonly ContrailError[];
  /** Records of the experiments API that cannot be read; they are among the problems too. */
  readonly malformed: ExperimentList['malformed'];
  /** Sources that could not be read, and the products whose files are missing in the plan for that. */
  readonly failures: readonly { readonly products: readonly ProductName[]; readonly error: ContrailError }[];
}

export const EMPTY_PLAN: ProductPlan = { due: [], skipped: [], refused: [], problems: [], malformed: [], failures: [] };

/** All of several plans. */
export function joinPlans(plans: readonly ProductPlan[]): ProductPlan {
  return {
    due: plans.flatMap((plan) => plan.due),
    skipped: plans.flatMap((plan) => plan.skipped),
    refused: plans.flatMap((plan) => plan.refused),
    problems: plans.flatMap((plan) => plan.problems),
    malformed: plans.flatMap((plan) => plan.malformed),
    failures: plans.flatMap((plan) => plan.failures),
  };
}

/** `my-slug weekly`, `my-slug errors`: what people see in lists. */
export function nameOfFile({ experiment, product, period }: ProductFile): string {
  return `${experiment} ${period ?? product}`;
}
