/** Exports the errors of one experiment into its file: read its log rows, build the text, publish. */
import { errorsBound, errorsObjectName, errorsSourceVersion } from '../../domain/errors-export.ts';
import type { LogEvent } from '../../domain/log-record.ts';
import type { JobOutcome, Warning } from '../../domain/outcome.ts';
import { beyond, cutRows, ERRORS_LIMITS, whatWasCut } from '../../domain/row-limits.ts';
import { checkSlug } from '../../domain/slug.ts';
import type { WallClock } from '../../ports/clock.ts';
import type { ExperimentLogs } from '../../ports/experiment-logs.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { type PublishableText, publishText } from '../publish/publish-text.ts';
import { droppedRowEvents, warningEvents } from './errors-file-events.ts';
import { buildErrorsFile, type ErrorsFile } from './errors-file.ts';

export interface ErrorsDependencies {
  readonly logs: ExperimentLogs;
  readonly store: ObjectStore;
  readonly clock: WallClock;
}

export interface ErrorsRequest {
  readonly experiment: string;
  readonly knownBy: 'api' | 'tables';
  /** Start of the analysis run, microseconds since 1970; null: all rows count. */
  readonly analysisStart: number | null;
  /** Midnight at which enrollment ended, microseconds since 1970; null where nobody knows. */
  readonly enrollmentEnd: number | null;
  /** Write the file also if it is current. */
  readonly force: boolean;
  /** Who asks, for the object's metadata: a job's id. */
  readonly job: string;
  readonly signal: AbortSignal;
}

export interface ErrorsResult {
  readonly outcome: JobOutcome;
  /** What is to be logged: rows that had to be left out, and oddities of the others. */
  readonly events: readonly LogEvent[];
}

interface PreparedErrors extends PublishableText {
  readonly file: ErrorsFile;
  readonly warnings: readonly Warning[];
}

/**
 * Runs one export; `[]` where there is nothing to say. Throws a ContrailError when nothing was published, and the last
 * good file then stays as it was.
 */
export async function exportErrors(deps: ErrorsDependencies, request: ErrorsRequest): Promise<ErrorsResult> {
  const startedAt = deps.clock.now();
  const slug = checkSlug(request.experiment);
  const name = errorsObjectName(slug);
  const place = { object: name, location: deps.store.locate(name) };
  const result = await publishText(deps.store, {
    name,
    claim: { experiment: slug, knownBy: request.knownBy },
    job: request.job,
    force: request.force,
    signal: request.signal,
    make: () => prepareErrors(deps, { ...request, experiment: slug }),
  });
  if (result.kind === 'nothing')
    return { outcome: { kind: 'skipped', reason: 'there is nothing to write' }, events: [] };
  if (result.kind === 'current') {
    return { outcome: { kind: 'skipped', reason: 'the file is current', ...place }, events: [] };
  }
  const { source, sourceVersion, file, warnings } = result.made;
  const counts = { rows: file.entries, rejected: file.dropped.length, dropped: 0, duplicates: 0, bytes: result.bytes };
  const durationMs = deps.clock.now() - startedAt;
  const generation = result.kind === 'published' ? { generation: result.generation } : {};
  return {
    outcome: {
      kind: result.kind,
      ...place,
      source,
      sourceVersion,
      ...counts,
      warnings,
      durationMs,
      ...generation,
    },
    events: [...droppedRowEvents(slug, file.dropped), ...warningEvents(slug, warnings)],
  };
}

async function prepareErrors(
  { logs }: ErrorsDependencies,
  { experiment, analysisStart, enrollmentEnd, signal }: ErrorsRequest,
): Promise<PreparedErrors> {
  const bound = errorsBound({ analysisStart, enrollmentEnd });
  const read = await logs.errorRows({ experiment, from: bound, limits: beyond(ERRORS_LIMITS) }, signal);
  const cut = cutRows(read, ERRORS_LIMITS);
  const file = buildErrorsFile({ slug: experiment, bound, rows: cut.rows });
  // Planning compares the version with all rows that there are.
  const summaries = cut.isCut ? await logs.summarise([{ experiment, from: bound }], signal) : undefined;
  const message = whatWasCut(logs.source, cut, ERRORS_LIMITS);
  return {
    text: file.text,
    source: logs.source,
    sourceVersion: errorsSourceVersion(summaries?.get(experiment) ?? file.summary, bound),
    file,
    warnings: [...file.warnings, ...(message === undefined ? [] : [{ kind: 'cut' as const, message }])],
  };
}
