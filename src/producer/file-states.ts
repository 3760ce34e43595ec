/** The state of each file: the published version, the source's version, and its job. */
import { ANALYSIS_PERIODS } from '../domain/analysis-period.ts';
import { formatAge } from '../domain/age-text.ts';
import { groupBy } from '../domain/group-by.ts';
import type { JobQueue, KnownJob } from '../ports/job-queue.ts';
import { type FailedRun, failedRuns, type RunHistory } from './failed-runs.ts';
import type { FileStateName } from './file-state-names.ts';
import type { LackingSource } from './lacking-sources.ts';
import { lackingText } from './lacking-text.ts';
import { type AbsentFile, type DueFile, type ProductFile, type ProductPlan, PRODUCTS } from './product-plan.ts';

export interface FileState extends ProductFile {
  readonly state: FileStateName;
  /** Start of the state, milliseconds since 1970, if known: the failure, the enqueuing, the source's change. */
  readonly since?: number;
  /** The error code of a failed or refused file. */
  readonly code?: string;
  /** Details: the message of a failure, the progress of a job. */
  readonly detail?: string;
  /** The tables have been gone for so long that somebody should look. */
  readonly needsYou?: true;
  /** Of a queued file: the state that it would have without its job, if somebody should look. */
  readonly behind?: 'stale' | 'never' | 'failed';
}

export interface StateSources {
  /** Absent: the states of jobs are unknown. */
  readonly queue: JobQueue | undefined;
  /** Failures that the queue no longer has. */
  readonly history: RunHistory;
  /** The allowed lag of a file behind its source, milliseconds. */
  readonly lagMs: number;
}

/** The states of all files of a plan. */
export async function fileStates(
  plan: Pick<ProductPlan, 'due' | 'skipped' | 'refused' | 'absent'>,
  { queue, history, lagMs }: StateSources,
  signal: AbortSignal,
): Promise<FileState[]> {
  const jobOf = await fileJobs(plan.due, queue, signal);
  const forgotten = plan.due.filter((due) => jobOf(due) === undefined);
  const failedRunOf = await failedRuns(history, forgotten, signal);
  return inFileOrder([
    ...plan.skipped.map((file) =>
      stateOf(file, file.lacking === undefined ? { state: 'fresh' } : stateOfLacking(file.lacking, history.now)),
    ),
    ...plan.due.map((due) =>
      stateOf(due, stateOfDue(due, { job: jobOf(due), failedRun: failedRunOf(due) }, { now: history.now, lagMs })),
    ),
    ...plan.refused.map((file) =>
      stateOf(file, { state: 'refused', code: file.error.code, detail: file.error.sentence }),
    ),
    ...plan.absent.map((file) => stateOf(file, stateOfAbsent(file))),
  ]);
}

/** By experiment, then statistics, errors, metadata; periods in their own order. */
export function inFileOrder<File extends ProductFile>(files: readonly File[]): File[] {
  return [...groupBy(files, ({ experiment }) => experiment)]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, ofExperiment]) => ofExperiment.sort((a, b) => rankOf(a) - rankOf(b)));
}

function rankOf({ product, period }: ProductFile): number {
  const ofPeriod = period === undefined ? 0 : ANALYSIS_PERIODS.indexOf(period);
  return PRODUCTS.indexOf(product) * ANALYSIS_PERIODS.length + ofPeriod;
}

/** The job of each due file, if the queue has one. */
export async function fileJobs(
  due: readonly DueFile[],
  queue: JobQueue | undefined,
  signal: AbortSignal,
): Promise<(file: DueFile) => KnownJob | undefined> {
  const jobs = new Map<string, KnownJob>();
  for (const product of PRODUCTS) {
    const files = due.filter((file) => file.product === product);
    const [first] = files;
    if (first === undefined || queue === undefined) continue;
    const ids = files.map((file) => file.jobId());
    for (const job of await queue.find(first.queue, ids, signal)) jobs.set(`${job.queue} ${job.id}`, job);
  }
  return (file) => jobs.get(`${file.queue} ${file.jobId()}`);
}

function stateOfAbsent({ isExpected, reason }: AbsentFile): StateFacts {
  const detail = reason === undefined ? {} : { detail: reason };
  if (isExpected !== 'unknown') return { state: isExpected ? 'missing' : 'not due', ...detail };
  return { state: 'not due', detail: 'unknown: metric-hub cannot be read' };
}

/** Deleted tables that are away longer than a rerun normally takes need a look. */
const LONGEST_RERUN_MS = 12 * 3_600_000;

function stateOfLacking(lacking: LackingSource, now: number): StateFacts {
  const { kind, since, isForGood } = lacking;
  const facts = { state: kind, ...(since === undefined ? {} : { since }), detail: lackingText(lacking, now) };
  if (kind === 'rebuilding') return facts;
  const isLong = isForGood !== true && (since === undefined || now - since >= LONGEST_RERUN_MS);
  return { ...facts, ...(isLong ? { needsYou: true } : {}) };
}

type StateFacts = Omit<FileState, keyof ProductFile>;
type JobFacts = Pick<FileState, 'since' | 'detail'>;

export function runningFacts({ enqueuedAt, progress }: Partial<KnownJob>): JobFacts {
  return {
    ...(enqueuedAt === undefined ? {} : { since: enqueuedAt }),
    ...(progress === undefined ? {} : { detail: `${Math.floor(progress)} %` }),
  };
}

export function queuedFacts({ enqueuedAt, parked, attempts = 0 }: Partial<KnownJob>): JobFacts {
  if (parked !== undefined) return { since: parked.since, detail: parked.reason };
  return {
    ...(enqueuedAt === undefined ? {} : { since: enqueuedAt }),
    ...(attempts > 0 ? { detail: `after ${attempts} failed attempts` } : {}),
  };
}

function stateOf({ experiment, product, period }: ProductFile, found: StateFacts): FileState {
  return { experiment, product, ...(period === undefined ? {} : { period }), ...found };
}

interface KnownRuns {
  readonly job: KnownJob | undefined;
  readonly failedRun: FailedRun | undefined;
}

function stateOfDue(
  due: DueFile,
  { job, failedRun }: KnownRuns,
  { now, lagMs }: { readonly now: number; readonly lagMs: number },
): StateFacts {
  switch (job?.state) {
    case 'active':
      return { state: 'running', ...runningFacts(job) };
    case 'waiting':
    case 'delayed':
      return { state: 'queued', ...queuedFacts(job) };
    case 'failed':
      return {
        state: 'failed',
        ...(job.finishedAt === undefined ? {} : { since: job.finishedAt }),
        ...(job.failure === undefined ? {} : { code: job.failure.code, detail: job.failure.message }),
      };
    default: {
      if (failedRun !== undefined) {
        const { code, message } = failedRun;
        return { state: 'failed', code, detail: message };
      }
      const since = due.changedAt === undefined ? {} : { since: due.changedAt };
      const restMs = due.changedAt === undefined ? 0 : due.changedAt + lagMs - now;
      if (restMs > 0) {
        return due.reason === 'new'
          ? { state: 'not due', ...since, detail: `first file within ${formatAge(restMs)}` }
          : { state: 'fresh', ...since, detail: 'updating' };
      }
      return { state: due.reason === 'new' ? 'never' : 'stale', ...since };
    }
  }
}
