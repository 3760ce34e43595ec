/** The files for the alert rules, in the states of `contrail status`. */
import type { FileCondition } from '../../alerts/inputs.ts';
import type { FileEntry } from '../../domain/freshness/file-entry.ts';
import { lateness, stateOfFile } from '../../domain/freshness/state-of-file.ts';
import type { Log } from '../../ports/log.ts';
import { errorText } from '../../domain/errors.ts';
import { type StateMoment, openJobOf } from './file-state-of.ts';
import { indexedFiles, type IndexReading } from './indexed-files.ts';
import type { FileJob } from './open-jobs.ts';

/** Undefined if the index cannot be used, or the last scan could not read everything: then a plan has to tell more. */
export async function indexedConditions(
  reading: IndexReading,
  log: Log,
  signal: AbortSignal,
): Promise<FileCondition[] | undefined> {
  try {
    const found = await indexedFiles(reading, signal);
    if (found.kind !== 'files' || found.unread.length > 0) return undefined;
    const { now, files } = found;
    return files.map(({ entry, job }) => conditionOf(entry, job, { now, lagMs: reading.lagMs }));
  } catch (error) {
    signal.throwIfAborted();
    log.warn({ problem: errorText(error) }, 'the states of files are planned anew for the alerts');
    return undefined;
  }
}

/** A file that cannot be made counts as failed. */
export function conditionOf(entry: FileEntry, job: FileJob | undefined, { now, lagMs }: StateMoment): FileCondition {
  const { file, failure, refusal, source, published } = entry;
  const { state } = stateOfFile(entry, openJobOf(job), now, lagMs);
  const failed = failure !== undefined && failure.version === source?.version ? failure : undefined;
  return {
    experiment: file.experiment,
    product: file.product,
    period: file.period ?? null,
    state: state === 'refused' ? 'failed' : state,
    lateMs: lateness(entry, now, lagMs) ?? null,
    failure:
      state === 'refused' && refusal !== undefined
        ? { code: refusal.code, attempts: 0 }
        : failed === undefined
          ? null
          : { code: failed.code, attempts: failed.attempts },
    hasFile: published !== undefined,
  };
}
