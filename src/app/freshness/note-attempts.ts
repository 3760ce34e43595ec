/** Notes in the freshness index what attempts published, and what failed for good. */
import { z } from 'zod';
import { errorText } from '../../domain/errors.ts';
import type { IndexedFile } from '../../domain/freshness/file-entry.ts';
import type { FileNote } from '../../domain/freshness/file-note.ts';
import { ANALYSIS_PERIODS } from '../../domain/analysis-period.ts';
import { subjectOf } from '../../jobs/job-kinds.ts';
import { STATISTICS_PART_JOB } from '../../jobs/statistics-part-job.ts';
import type { Clock } from '../../ports/clock.ts';
import type { FreshnessIndex } from '../../ports/freshness-index.ts';
import type { Log } from '../../ports/log.ts';
import type { AttemptFacts, FailureEvent, OutcomeEvent, WorkerHooks } from '../../queue/worker-events.ts';
import { settlesWithin } from '../../queue/settles-within.ts';

/** A worker does not wait longer: the next scan finds what was published. */
const LIMIT_MS = 2_000;

export interface AttemptNoting {
  readonly index: Pick<FreshnessIndex, 'note'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Hooks that never throw: a file is published even if that cannot be noted. */
export function noteAttempts(noting: AttemptNoting): Required<Pick<WorkerHooks, 'onOutcome' | 'onFailure'>> {
  const { clock } = noting;
  return {
    onOutcome: (event) => note(noting, event, publicationOf(event, clock.now())),
    onFailure: (event) => note(noting, event, failureOf(event, clock.now())),
  };
}

async function note({ index, clock, log }: AttemptNoting, event: AttemptFacts, news?: FileNote): Promise<void> {
  if (news === undefined) return;
  const { queue, jobId } = event;
  const noted = index.note([news]).catch((error: unknown) => {
    log.warn({ queue, jobId, problem: errorText(error) }, 'the end of a job could not be noted for status');
  });
  await settlesWithin(noted, LIMIT_MS, clock);
}

function publicationOf({ outcome, ...event }: OutcomeEvent, now: number): FileNote | undefined {
  const file = fileOf(event);
  if (file === undefined || (outcome.kind !== 'published' && outcome.kind !== 'unchanged')) return undefined;
  const { sourceVersion: version, generation, rows, rejected, dropped, duplicates, bytes } = outcome;
  const leftOut = rejected + dropped + duplicates;
  return { kind: 'published', file, published: { version, generation, at: now, rows, leftOut, bytes } };
}

const OfVersion = z.object({ sourceVersion: z.string() });

function failureOf({ error, final, ...event }: FailureEvent, at: number): FileNote | undefined {
  const file = fileOf(event);
  const version = OfVersion.safeParse(event.payload).data?.sourceVersion;
  if (!final || file === undefined || version === undefined) return undefined;
  const { code, sentence } = error;
  return { kind: 'failed', file, failure: { version, code, sentence, attempts: event.attempt, at } };
}

/** The file of a job; undefined if it publishes none of an experiment. Parts belong to another job. */
function fileOf({ queue, payload }: AttemptFacts): IndexedFile | undefined {
  if (queue === STATISTICS_PART_JOB.queue) return undefined;
  const { product, experiment, period } = subjectOf(queue, payload) ?? {};
  if (experiment === undefined) return undefined;
  if (product === 'errors' || product === 'metadata') return { product, experiment };
  const known = ANALYSIS_PERIODS.find((name) => name === period);
  return product === 'statistics' && known !== undefined ? { product, experiment, period: known } : undefined;
}
