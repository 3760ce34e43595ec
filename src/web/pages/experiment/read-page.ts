/** Everything that the page of an experiment shows, read at once. */
import type { Explanation } from '../../../domain/trace/explanation.ts';
import type { Experiment } from '../../../domain/experiment.ts';
import { type Part, valueOf } from '../../part.ts';
import { emptySentence } from './empty-sentence.ts';
import { enrollmentView } from './enrollment.ts';
import type { DatedEnrollment } from './enrollment-section.ts';
import { type ErrorsView, errorsView } from './error-groups.ts';
import { type Note, notesOf } from './notes.ts';
import type { DatedCounts, ExperimentFiles, ExperimentRun, ExperimentSource, TableCost } from './source.ts';
import { withFailures } from './failed-files.ts';
import { factsOf } from './trace-view.ts';

export interface ExperimentPage {
  readonly slug: string;
  /** Undefined: the API does not list it. */
  readonly experiment: Experiment | undefined;
  /** Why the record is missing. */
  readonly problem: string | undefined;
  readonly explanation: Part<Explanation>;
  readonly files: Part<ExperimentFiles>;
  readonly runs: Part<readonly ExperimentRun[]>;
  readonly errors: Part<ErrorsView>;
  readonly cost: Part<readonly TableCost[]>;
  readonly enrollment: Part<DatedEnrollment | undefined>;
  /** Why there are no results at all; undefined if some are due. */
  readonly empty: string | undefined;
  readonly notes: readonly Note[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

export interface PageRequest {
  readonly slug: string;
  readonly experiment: Experiment | undefined;
  readonly problem: string | undefined;
  readonly now: number;
}

export async function readPage(
  source: ExperimentSource,
  { slug, experiment, problem, now }: PageRequest,
  signal: AbortSignal,
): Promise<ExperimentPage> {
  const [explanation, files, runs, errorRows, cost, counts] = await Promise.all([
    source.explanation(slug, signal),
    source.files(slug, signal),
    source.runs(slug, signal),
    source.errors(slug, signal),
    source.cost(slug, signal),
    source.enrollment(slug, signal),
  ]);
  const analysisStart = valueOf(files)?.analysisStart ?? null;
  const errors = mapPart(errorRows, (rows) => errorsView(rows, { experiment: slug, analysisStart }));
  const enrollment = mapPart(counts, (dated) => datedEnrollment(dated, experiment));
  const explained = valueOf(explanation);
  const stated = mapPart(files, (found) => withFailures(found, valueOf(runs) ?? []));
  return {
    slug,
    experiment,
    problem,
    explanation,
    files: stated,
    runs,
    errors,
    cost,
    enrollment,
    empty: explained === undefined ? undefined : emptyOf(explained, experiment, now),
    notes: notesOf({
      experiment,
      files: valueOf(stated)?.files,
      overrides: valueOf(stated)?.overrides ?? [],
      enrollment: valueOf(enrollment),
      errors: valueOf(errors),
      lackExposures: [],
      now,
    }),
    now,
  };
}

function emptyOf(explanation: Explanation, experiment: Experiment | undefined, now: number): string | undefined {
  if (experiment === undefined || explanation.untraced !== undefined) return undefined;
  return emptySentence({ experiment, cells: explanation.cells, reasons: factsOf(explanation), now });
}

function datedEnrollment(
  dated: DatedCounts | undefined,
  experiment: Experiment | undefined,
): DatedEnrollment | undefined {
  if (dated === undefined) return undefined;
  return { ...enrollmentView(dated.counts, experiment?.branchRatios ?? []), countedAt: dated.at };
}

function mapPart<From, To>(part: Part<From>, change: (value: From) => To): Part<To> {
  return part.kind === 'unread' ? part : { ...part, value: change(part.value) };
}
