/** What needs a person, one line for each cause: fourteen files that failed alike are one problem. */
import type { StateName } from '../../../domain/freshness/state-of-file.ts';
import { groupBy } from '../../../domain/group-by.ts';
import { messageShape } from '../../../domain/message-shape.ts';
import { attentionRank, compareAttention, type HealthFile } from './health-file.ts';

const MOST_LINES = 5;

/** How a file that is late comes forward: its queue is paused, it waits in it, or it has no job. */
export type Waiting = 'paused' | 'queued' | 'idle';

export interface NeedsYouLine {
  readonly state: StateName;
  /** At least one, the most urgent first. */
  readonly files: readonly [HealthFile, ...HealthFile[]];
  /** Only of late files. */
  readonly waiting?: Waiting;
}

export interface NeedsYou {
  readonly lines: readonly NeedsYouLine[];
  /** Files that are in none of the lines. */
  readonly rest: number;
}

export function needsYou(files: readonly HealthFile[], pausedQueues: ReadonlySet<string>): NeedsYou {
  const urgent = files.filter((file) => file.needsYou).toSorted(compareAttention);
  const causes = groupBy(urgent, (file) => JSON.stringify(causeOf(file, pausedQueues)));
  const lines = [...causes.values()]
    .flatMap(([first, ...others]) => (first === undefined ? [] : [lineOf([first, ...others], pausedQueues)]))
    .toSorted((a, b) => attentionRank(a.files[0]) - attentionRank(b.files[0]) || b.files.length - a.files.length);
  const shown = lines.slice(0, MOST_LINES);
  return { lines: shown, rest: urgent.length - shown.reduce((sum, line) => sum + line.files.length, 0) };
}

function lineOf(files: NeedsYouLine['files'], pausedQueues: ReadonlySet<string>): NeedsYouLine {
  const [first] = files;
  return { state: first.state, files, ...(isLate(first) ? { waiting: waitingOf(first, pausedQueues) } : {}) };
}

/** Files with the same parts have the same cause. */
function causeOf(file: HealthFile, pausedQueues: ReadonlySet<string>): readonly string[] {
  const { state, problem, job } = file;
  const { experiment } = file.file;
  if (problem !== undefined) return [state, problem.code, messageShape(problem.sentence, [experiment])];
  if (!isLate(file)) return [state, experiment];
  const waiting = waitingOf(file, pausedQueues);
  return waiting === 'paused' ? [state, waiting, job?.queue ?? ''] : [state, waiting, experiment];
}

function isLate({ state }: HealthFile): boolean {
  return state === 'stale' || state === 'never';
}

export function waitingOf({ job }: Pick<HealthFile, 'job'>, pausedQueues: ReadonlySet<string>): Waiting {
  if (job === undefined) return 'idle';
  return pausedQueues.has(job.queue) ? 'paused' : 'queued';
}
