/** Gathers what the trace of an experiment needs, and makes it (spec: today, section 4). Reads only. */
import type { ContrailError } from '../../domain/errors.ts';
import type { Experiment } from '../../domain/experiment.ts';
import type { TraceCell } from '../../domain/trace/cell.ts';
import type { Explanation, FoundPeriod, WhyRequest } from '../../domain/trace/explanation.ts';
import type { FailedExports } from '../../domain/trace/reason-text.ts';
import { traceExperiment } from '../../domain/trace/trace.ts';
import type { ListedTable } from '../../ports/statistics-source.ts';
import { enrollmentsTime } from '../../workers/metadata/analysis-start.ts';
import type { BuildDependencies } from '../../workers/metadata/build-metadata.ts';
import { attempt, distinctErrors } from './attempt.ts';
import { failedExports } from './failed-exports.ts';
import { findSubject, type Subject, type SubjectSources } from './find-subject.ts';
import { type GatherDependencies, gatherInputs } from './gather-inputs.ts';
import { type PromisedResults, promisedResults } from './promised-results.ts';
import { findFile } from './published-files.ts';
import { selectCells, selectedPeriods } from './select-cells.ts';
import { ownTables, tablesByPeriod } from './window-tables.ts';

export interface WhyDependencies extends SubjectSources, GatherDependencies {
  readonly resolution: () => Promise<BuildDependencies>;
}

/**
 * Explains where results were lost. What cannot be read is among the problems. Throws EXPERIMENT_UNKNOWN and
 * METRIC_UNKNOWN, with suggestions.
 */
export async function explainExperiment(
  deps: WhyDependencies,
  request: WhyRequest,
  signal: AbortSignal,
): Promise<Explanation> {
  const tables = await attempt(() => deps.source.listTables(signal), signal);
  const listing = 'error' in tables ? undefined : tables.value;
  const subject = await findSubject(deps, { slug: request.slug, tables: listing, signal });
  const untraced = (error: ContrailError): Promise<Explanation> =>
    describeUntraced(deps, subject, { error, listing: listing ?? [], signal });
  if ('error' in subject) return untraced(subject.error);
  if ('error' in tables) return untraced(tables.error);
  const { record } = subject;
  const promised = await attempt(() => promisesOf(deps, record, signal), signal);
  if ('error' in promised) return untraced(promised.error);
  const selection = selectedPeriods(request, promised.value, deps.rules.clientsMetric);
  const { inputs, problems, leftOut, warnings, rebuilding } = await gatherInputs(deps, {
    promised: promised.value,
    listing: tables.value,
    slugs: subject.slugs,
    selection,
    signal,
  });
  const [first] = problems;
  if (first !== undefined && leftOut.size > 0 && selection.every((period) => leftOut.has(period)))
    return untraced(first);
  const traced = traceExperiment(inputs).filter(({ period }) => selection.includes(period) && !leftOut.has(period));
  const cells = selectCells(traced, request);
  const failed = await attempt(() => failuresBehind(deps, record.slug, { cells, signal }), signal);
  return {
    experiment: record.slug,
    cells,
    warnings,
    rebuilding,
    ...('error' in failed
      ? { failedExports: new Map(), problems: distinctErrors([...problems, failed.error]) }
      : { failedExports: failed.value, problems }),
  };
}

async function promisesOf(deps: WhyDependencies, record: Experiment, signal: AbortSignal): Promise<PromisedResults> {
  const firstAnalysedAt = await enrollmentsTime(deps.source, record.slug, signal);
  return promisedResults(await deps.resolution(), record, { firstAnalysedAt, signal });
}

/** Asks for failed exports only if a cell was lost on the way to its file. */
async function failuresBehind(
  { reader, clock }: WhyDependencies,
  experiment: string,
  { cells, signal }: { readonly cells: readonly TraceCell[]; readonly signal: AbortSignal },
): Promise<FailedExports> {
  const isBehind = cells.some(({ lost }) => lost === 'published');
  return isBehind ? failedExports(reader, { experiment, now: clock.now() }, signal) : new Map();
}

async function describeUntraced(
  { store }: WhyDependencies,
  subject: Subject,
  {
    error,
    listing,
    signal,
  }: { readonly error: ContrailError; readonly listing: readonly ListedTable[]; readonly signal: AbortSignal },
): Promise<Explanation> {
  const experiment = 'record' in subject ? subject.record.slug : subject.slug;
  const problems: ContrailError[] = [];
  const found: FoundPeriod[] = [];
  for (const { period, tables } of tablesByPeriod(experiment, ownTables(experiment, listing, subject.slugs))) {
    const file = await attempt(() => findFile(period, { store, experiment, signal }), signal);
    if ('error' in file) problems.push(file.error);
    const url = 'error' in file || file.value === undefined ? undefined : store.locate(file.value.name);
    if (tables > 0 || url !== undefined) found.push({ period, tables, file: url });
  }
  return {
    experiment,
    cells: [],
    failedExports: new Map(),
    rebuilding: new Map(),
    warnings: [],
    problems: distinctErrors(problems),
    untraced: { error, found },
  };
}
