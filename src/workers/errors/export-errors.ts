/** Exports the errors of one experiment: reads its log rows, builds the text, publishes. */
import { errorsBound, errorsObjectName, errorsSourceVersion } from '../../domain/errors-export.ts';
import type { Claim } from '../../domain/file-claim.ts';
import { beyond, cutRows, ERRORS_LIMITS, whatWasCut } from '../../domain/row-limits.ts';
import { checkSlug } from '../../domain/slug.ts';
import type { ExperimentLogs } from '../../ports/experiment-logs.ts';
import type { Content } from '../publish/content.ts';
import { publish, type PublishDependencies, type Published } from '../publish/publish.ts';
import { buildErrorsFile } from './errors-file.ts';
import { leftOutEntries } from './left-out-entries.ts';

export interface ErrorsDependencies extends PublishDependencies {
  readonly logs: ExperimentLogs;
}

export interface ErrorsRequest extends Claim {
  /** Start of the analysis run, microseconds since 1970; null: all rows count. */
  readonly analysisStart: number | null;
  /** Midnight at which enrollment ended, microseconds since 1970; null: unknown. */
  readonly enrollmentEnd: number | null;
  /** Write the file even if it is current. */
  readonly force: boolean;
  /** For the object's metadata: the job's id. */
  readonly job: string;
  readonly signal: AbortSignal;
}

/** Runs one export; the file is `[]` without errors. Throws a ContrailError if nothing was published; the last good file then stays. */
export async function exportErrors(deps: ErrorsDependencies, request: ErrorsRequest): Promise<Published> {
  const experiment = checkSlug(request.experiment);
  const { knownBy, job, force, signal } = request;
  return publish(deps, {
    name: errorsObjectName(experiment),
    claim: { experiment, knownBy },
    job,
    force,
    logged: { at: { file: 'errors-file.ts', function: 'buildErrorsFile' } },
    signal,
    open: () => prepareErrors(deps, { ...request, experiment }),
  });
}

async function prepareErrors(
  { logs }: ErrorsDependencies,
  { experiment, analysisStart, enrollmentEnd, signal }: ErrorsRequest,
): Promise<Content> {
  const bound = errorsBound({ analysisStart, enrollmentEnd });
  const read = await logs.errorRows({ experiment, from: bound, limits: beyond(ERRORS_LIMITS) }, signal);
  const cut = cutRows(read, ERRORS_LIMITS);
  const file = buildErrorsFile({ slug: experiment, bound, rows: cut.rows });
  // Planning compares the version with all existing rows.
  const summaries = cut.isCut ? await logs.summarise([{ experiment, from: bound }], signal) : undefined;
  const message = whatWasCut(logs.source, cut, ERRORS_LIMITS);
  const facts = {
    rows: file.entries,
    rejected: file.dropped.length,
    dropped: 0,
    duplicates: 0,
    warnings: [...file.warnings, ...(message === undefined ? [] : [{ kind: 'cut' as const, message }])],
    leftOut: leftOutEntries(file.dropped),
  };
  return {
    kind: 'content',
    source: logs.source,
    sourceVersion: errorsSourceVersion(summaries?.get(experiment) ?? file.summary, bound),
    body: { kind: 'text', text: file.text, facts },
  };
}
