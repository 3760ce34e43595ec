/** Files that stay because a query has no rows for them, while it has rows for others. */
import { toContrailError } from '../../domain/errors.ts';
import type { LogEvent } from '../../domain/log-record.ts';
import { METADATA } from '../../domain/object-metadata.ts';
import type { JobOutcome, Warning } from '../../domain/outcome.ts';
import { versionOfTime } from '../../domain/source-version.ts';
import { type FailedFile, isEmptyFile } from './failed-files.ts';
import type { RunningQuery } from './running-query.ts';

export interface KeptFiles {
  readonly outcomes: readonly JobOutcome[];
  /** One for each file, in every run. */
  readonly warnings: readonly Warning[];
  /** One for each file, in the first run only. */
  readonly events: readonly LogEvent[];
}

/** Whether no file has failed but for lack of rows, and the query had rows for others. Without any, the query may be broken. */
export function isPublishedInPart({ failures, published }: RunningQuery): boolean {
  if (failures.length === 0) return true;
  if (!failures.every(({ failure }) => isEmptyFile(failure))) return false;
  return !published.every(({ file }) => isWithoutRows(file.outcome));
}

function isWithoutRows(outcome: JobOutcome): boolean {
  return (outcome.kind === 'published' || outcome.kind === 'unchanged') && outcome.rows === 0;
}

/** Marks the files as kept, so that the next runs do not log it again. Publishing a file takes its mark away. */
export async function keepFiles(running: RunningQuery): Promise<KeptFiles> {
  const { failures, deps } = running;
  const events: LogEvent[] = [];
  for (const file of failures) {
    if (await markAsKept(running, file)) events.push(eventOf(file));
  }
  return {
    outcomes: failures.map(({ failure: { message: reason, subject: object } }) => ({
      kind: 'skipped',
      reason,
      ...(object === undefined ? {} : { object, location: deps.store.locate(object) }),
    })),
    warnings: failures.map(({ failure: { message } }) => ({ kind: 'empty', message })),
    events,
  };
}

/** False if it is marked already. */
async function markAsKept({ deps: { store }, request }: RunningQuery, { failure }: FailedFile): Promise<boolean> {
  const { tick, signal } = request;
  if (failure.subject === undefined) return true;
  const object = await store.head(failure.subject, signal);
  if (object === undefined) return true;
  if (object.metadata[METADATA.kept] !== undefined) return false;
  const { name, generation: ifGeneration } = object;
  const metadata = { ...object.metadata, [METADATA.kept]: versionOfTime(tick) };
  try {
    await store.updateMetadata({ name, ifGeneration, metadata, signal });
  } catch (error) {
    // Somebody replaced it meanwhile; then the next run looks again.
    if (toContrailError(error).code !== 'OBJECT_CHANGED') throw error;
  }
  return true;
}

function eventOf({ experiment, failure }: FailedFile): LogEvent {
  return {
    experiment,
    at: { file: 'kept-files.ts', function: 'keepFiles' },
    level: 'WARNING',
    message: failure.hint === undefined ? failure.message : `${failure.message} ${failure.hint}`,
  };
}
