/** Due files of all products in one form, for `backfill`, `status` and scans. */
import type { ExperimentList } from '../domain/experiment.ts';
import type { AnalysisPeriod } from '../domain/analysis-period.ts';
import type { ContrailError } from '../domain/errors.ts';
import type { JobReference } from '../ports/job-queue.ts';
import type { SourceVersion } from '../domain/source-version.ts';
import type { StoredObject } from '../ports/object-store.ts';
import type { LackingSource, WantedNote } from './lacking-sources.ts';

/** In the order of publication: an experiment's metadata come after its results. */
export const PRODUCTS = ['statistics', 'errors', 'metadata'] as const;
export type ProductName = (typeof PRODUCTS)[number];

/** One file. */
export interface ProductFile {
  readonly product: ProductName;
  readonly experiment: string;
  /** Only of statistics. */
  readonly period?: AnalysisPeriod;
}

/** What planning found of a file. */
export interface FoundVersions {
  /** Undefined: the source is not there, or cannot be read. */
  readonly source: SourceVersion | undefined;
  /** The published object. */
  readonly object: StoredObject | undefined;
}

export interface PlannedFile extends ProductFile {
  readonly found?: FoundVersions;
}

export type DueReason = 'new' | 'changed' | 'forced';

/** Why a job is made: as planned, or again because its file is gone (`missing`) or its job failed (`retried`). */
export type JobReason = DueReason | 'missing' | 'retried';

export interface DueFile extends PlannedFile {
  readonly reason: DueReason;
  /** When the source changed, milliseconds since 1970, if its version is a time. */
  readonly changedAt?: number;
  /** The view or table to query, if there is one. */
  readonly table?: string;
  /** Rows and bytes of the source, if known. */
  readonly rows?: number;
  readonly bytes?: number;
  readonly queue: string;
  /** The id of its job; with a nonce, a unique one. */
  readonly jobId: (nonce?: string) => string;
  readonly payload: (reason: JobReason, after: readonly JobReference[]) => unknown;
}

export interface SkippedFile extends PlannedFile {
  readonly reason: string;
  /** Why the file cannot be made at present. */
  readonly lacking?: LackingSource;
  /** What is to be noted at the object. */
  readonly note?: WantedNote;
}

export interface RefusedFile extends PlannedFile {
  readonly error: ContrailError;
  /** Whether an earlier file is published, if known. */
  readonly hasFile?: boolean;
}

/** A file without a source, or without anything that may be published. */
export interface AbsentFile extends PlannedFile {
  /** Whether its source should be there by now. */
  readonly isExpected: boolean | 'unknown';
  /** Why there is nothing to publish, if not for lack of results. */
  readonly reason?: string;
}

export interface ProductPlan {
  readonly due: readonly DueFile[];
  readonly skipped: readonly SkippedFile[];
  /** Files that no retry can produce. */
  readonly refused: readonly RefusedFile[];
  /** Statistics without a source, and metadata that may not be published. */
  readonly absent: readonly AbsentFile[];
  /** Problems of sources that could be read. */
  readonly problems: readonly ContrailError[];
  /** Records of the experiments API that cannot be read; `problems` has them too. */
  readonly malformed: ExperimentList['malformed'];
  /** The application of each listed experiment, by slug. */
  readonly applications: ReadonlyMap<string, string>;
  /** Sources that could not be read, with the products that are missing in the plan. */
  readonly failures: readonly { readonly products: readonly ProductName[]; readonly error: ContrailError }[];
}

export const EMPTY_PLAN: ProductPlan = {
  due: [],
  skipped: [],
  refused: [],
  absent: [],
  problems: [],
  malformed: [],
  applications: new Map(),
  failures: [],
};

/** Joins several plans. */
export function joinPlans(plans: readonly ProductPlan[]): ProductPlan {
  return {
    due: plans.flatMap((plan) => plan.due),
    skipped: plans.flatMap((plan) => plan.skipped),
    refused: plans.flatMap((plan) => plan.refused),
    absent: plans.flatMap((plan) => plan.absent),
    problems: plans.flatMap((plan) => plan.problems),
    malformed: plans.flatMap((plan) => plan.malformed),
    applications: new Map(plans.flatMap((plan) => [...plan.applications])),
    failures: plans.flatMap((plan) => plan.failures),
  };
}

/** `my-slug weekly`, `my-slug errors`: the name in lists. */
export function nameOfFile({ experiment, product, period }: ProductFile): string {
  return `${experiment} ${period ?? product}`;
}
