/** Reads and computes the results that parameters ask for. */
import { type ExperimentResults, experimentResults } from '../../../../domain/results/experiment-results.ts';
import type { ResultsIndexes } from '../../../../domain/results/choose-results.ts';
import type { Part } from '../../../part.ts';
import type { ResultsParameters } from './parameters.ts';
import type { ReadResults, ResultsFile, ResultsSource, ResultsSubject } from './source.ts';

export interface LoadedResults {
  readonly read: ReadResults;
  /** The files that could be read. */
  readonly indexes: ResultsIndexes;
  /** Undefined: no file can be read. */
  readonly results: ExperimentResults | undefined;
  /** The file of the shown period. */
  readonly file: ResultsFile | undefined;
  /** Sentences on files that are missing here, and on what else could not be read. */
  readonly problems: readonly string[];
}

export async function loadResults(
  source: ResultsSource,
  subject: ResultsSubject,
  { parameters, signal }: { readonly parameters: ResultsParameters; readonly signal: AbortSignal },
): Promise<Part<LoadedResults>> {
  const part = await source.read(subject, signal);
  return part.kind === 'unread' ? part : { ...part, value: computed(part.value, parameters) };
}

function computed(read: ReadResults, parameters: ResultsParameters): LoadedResults {
  const { files, facts, rules } = read;
  const indexes = new Map(
    files.flatMap(({ period, content }) => (content.kind === 'index' ? [[period, content.index] as const] : [])),
  );
  const results = experimentResults(parameters, { indexes, facts, rules });
  return {
    read,
    indexes,
    results,
    file: files.find(({ period }) => period === (results?.choice.period ?? parameters.period)),
    problems: [...files.flatMap(problemOf), ...read.problems],
  };
}

function problemOf({ object, content }: ResultsFile): string[] {
  if (content.kind === 'unread') return [content.problem];
  return content.kind === 'too large' ? [`${object} is too large to draw here; download it.`] : [];
}

/** Branches in the order of the record, for colours. */
export function branchNames({ read }: LoadedResults): string[] {
  return read.facts.branches.map(({ slug }) => slug);
}
