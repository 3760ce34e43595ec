/** What the matrix says of a file: a word, and why, in text that can be read aloud and printed. */
import { formatAge, formatDay } from '../../../domain/age-text.ts';
import { ageText } from '../../text/times.ts';
import type { HealthFile, HealthMoment } from './health-file.ts';
import type { HasPage } from './health-links.ts';
import { waitingOf } from './needs-you.ts';

export interface FileText {
  /** The state, or what it comes down to: `3 h late`. */
  readonly word: string;
  /** Why. */
  readonly reason?: string | undefined;
  /** In full, where the word alone says too little to those who do not see the icon. */
  readonly spoken?: string | undefined;
}

export interface TextMoment extends HealthMoment {
  readonly pausedQueues: ReadonlySet<string>;
  readonly hasPage: HasPage;
}

const LONGEST_REASON = 90;

export function fileText(file: HealthFile, moment: TextMoment): FileText {
  const { now } = moment;
  const { state, since, lateMs, problem, lacking, job, dueBy, publishedAt } = file;
  switch (state) {
    case 'running':
      return { word: progressText(job?.progress), reason: failuresText(job?.failures), spoken: 'running' };
    case 'failed':
      return { word: `failed ${timesText(problem?.attempts ?? 1)}`, reason: shortened(withoutSubject(file)) };
    case 'refused':
      return { word: 'refused', reason: shortened(withoutSubject(file)) };
    case 'stale':
      return { word: `${formatAge(lateMs ?? 0)} late`, reason: waitingText(file, moment), spoken: 'stale' };
    case 'never':
      return { word: 'never', reason: waitingText(file, moment) };
    case 'gone': {
      const word = since === undefined ? 'deleted' : `deleted ${formatAge(now - since)} ago`;
      return { word, reason: publishedAt === undefined ? undefined : `file of ${formatDay(publishedAt)} stays` };
    }
    case 'rebuilding':
      return { word: 'rebuilding', reason: lacking?.windows };
    case 'missing':
      return { word: 'no results yet', reason: since === undefined ? undefined : `expected since ${formatDay(since)}` };
    case 'fresh':
      return freshText(file, now);
    case 'not due':
      if (dueBy === undefined) return { word: '', spoken: file.reason ?? 'not due' };
      return { word: `first within ${formatAge(dueBy - now)}`, spoken: 'not due' };
  }
}

function freshText({ since, publishedAt, dueBy }: HealthFile, now: number): FileText {
  if (dueBy !== undefined) return { word: 'updating', reason: `due within ${formatAge(dueBy - now)}`, spoken: 'fresh' };
  // Versions that are no times do not tell when the source changed.
  const changedAt = since ?? publishedAt;
  if (changedAt === undefined) return { word: 'fresh' };
  return { word: ageText(changedAt, now), spoken: 'fresh, source changed' };
}

function progressText(progress: number | undefined): string {
  return progress === undefined ? 'running' : `${Math.floor(progress)}%`;
}

function failuresText(failures = 0): string | undefined {
  return failures === 0 ? undefined : `after ${failures} ${failures === 1 ? 'failure' : 'failures'}`;
}

function timesText(attempts: number): string {
  return attempts === 1 ? 'once' : `${attempts} times`;
}

/** How a late file comes forward. */
export function waitingText(file: Pick<HealthFile, 'job'>, { pausedQueues }: TextMoment): string {
  const { job } = file;
  switch (waitingOf(file, pausedQueues)) {
    case 'paused':
      return `the queue ${job?.queue ?? ''} is paused`;
    case 'queued':
      return job?.place === undefined ? 'queued' : `queued at place ${job.place}`;
    case 'idle':
      return 'not queued';
  }
}

/** What went wrong, in a place that names the file already. */
export function withoutSubject({ problem, file: { experiment, period, product } }: HealthFile): string {
  const sentence = problem?.sentence ?? '';
  const subject = `${experiment} ${period ?? product}`;
  const beginning = [`${subject}: `, `${subject} `].find((text) => sentence.startsWith(text));
  return beginning === undefined ? sentence : sentence.slice(beginning.length);
}

function shortened(sentence: string): string {
  const characters = Array.from(sentence);
  if (characters.length <= LONGEST_REASON) return sentence;
  return `${characters.slice(0, LONGEST_REASON).join('').trimEnd()}…`;
}
