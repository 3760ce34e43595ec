/**
 * Keeps the freshness index in step with what a scan finds: the sources, and the published objects, whoever published them. A
 * lost or damaged index is filled again by the next scan. Schedulers that scan at the same time do not disturb each other.
 */
import { toContrailError } from '../../domain/errors.ts';
import type { FileEntry } from '../../domain/freshness/file-entry.ts';
import { keyOfFile } from '../../domain/freshness/file-key.ts';
import type { WallClock } from '../../ports/clock.ts';
import type { FreshnessIndex, IndexPass } from '../../ports/freshness-index.ts';
import type { JobQueue } from '../../ports/job-queue.ts';
import type { Log } from '../../ports/log.ts';
import type { EnqueueReport } from '../../producer/enqueue-files.ts';
import { ALREADY_QUEUED } from '../../producer/kept-job.ts';
import type { DueFile, ProductPlan } from '../../producer/product-plan.ts';
import { knownFailures } from './known-failures.ts';
import { plannedNotes } from './planned-notes.ts';

export interface ScanNoting {
  readonly index: FreshnessIndex;
  readonly queue: JobQueue;
  readonly clock: WallClock;
  readonly log: Log;
}

/** What the index had when the scan began. */
export interface BegunScan {
  readonly pass: IndexPass;
  /** Undefined: the index is new. */
  readonly known: readonly FileEntry[] | undefined;
}

/** Before planning. Undefined if the index cannot be used, which stops no scan. */
export async function beginScan({ index, log }: ScanNoting, signal: AbortSignal): Promise<BegunScan | undefined> {
  return unlessFailing(log, signal, async () => {
    const pass = await index.begin();
    return { pass, known: (await index.read())?.entries };
  });
}

export interface EndedScan {
  readonly plan: ProductPlan;
  readonly report: Pick<EnqueueReport, 'skipped'>;
  readonly signal: AbortSignal;
}

export async function noteScan(
  noting: ScanNoting,
  begun: BegunScan | undefined,
  { plan, report, signal }: EndedScan,
): Promise<void> {
  if (begun === undefined) return;
  const { index, queue, clock, log } = noting;
  const { pass, known } = begun;
  const now = clock.now();
  await unlessFailing(log, signal, async () => {
    const failures = await knownFailures(queue, unnoted(known, report), signal);
    const notes = [...plannedNotes(plan, { pass: pass.number, known: known ?? [], now }), ...failures];
    const unread = [...plan.problems, ...plan.failures.map(({ error }) => error)].map(({ code, sentence }) => ({
      code,
      sentence,
    }));
    const isNoted = (await index.note(notes, pass)) && (await index.finish(pass, { at: now, unread }));
    if (!isNoted) log.debug({}, 'a later scan has noted the files, or the index was lost');
  });
}

/** Files with a failed job that nobody noted, as when it was cancelled while it waited; in a new index, all with one. */
function unnoted(known: BegunScan['known'] = [], { skipped }: EndedScan['report']): DueFile[] {
  const failed = new Map(known.map(({ file, failure }) => [keyOfFile(file), failure?.version]));
  return skipped
    .filter(({ reason }) => reason !== ALREADY_QUEUED)
    .map(({ due }) => due)
    .filter((due) => failed.get(keyOfFile(due)) !== due.found?.source);
}

async function unlessFailing<Value>(
  log: Log,
  signal: AbortSignal,
  work: () => Promise<Value>,
): Promise<Value | undefined> {
  try {
    return await work();
  } catch (thrown) {
    signal.throwIfAborted();
    const { code, sentence } = toContrailError(thrown);
    log.warn({ code, problem: sentence }, 'the states of files for status could not be kept');
    return undefined;
  }
}
