/** What the results of an experiment are read from: its published files. */
import type { AnalysisPeriod } from '../../../../domain/analysis-period.ts';
import type { ConsoleRules } from '../../../../domain/console-rules.ts';
import type { Experiment } from '../../../../domain/experiment.ts';
import type { DistributionRow, DistributionWish } from '../../../../domain/results/distribution-rows.ts';
import type { ResultsFacts } from '../../../../domain/results/results-facts.ts';
import type { ResultsIndex } from '../../../../domain/results/results-index.ts';
import type { Part } from '../../../part.ts';

export interface ResultsSubject {
  readonly slug: string;
  /** Absent: the API does not list it. */
  readonly record?: Experiment | undefined;
}

export interface ResultsSource {
  /** All statistics files of an experiment that may be shown, and what is known of its metrics. */
  read(subject: ResultsSubject, signal: AbortSignal): Promise<Part<ReadResults>>;
  /** The points of a metric's distributions. */
  distribution(
    file: ResultsFile,
    wish: DistributionWish,
    signal: AbortSignal,
  ): Promise<Part<readonly DistributionRow[]>>;
}

export interface ReadResults {
  /** In the order of periods. */
  readonly files: readonly ResultsFile[];
  readonly facts: ResultsFacts;
  readonly rules: ConsoleRules;
  /** Sentences on what is missing besides: names of metrics, errors. */
  readonly problems: readonly string[];
}

export interface ResultsFile {
  readonly period: AnalysisPeriod;
  /** Name of the object. */
  readonly object: string;
  readonly generation: string;
  readonly bytes: number;
  /** When the bytes last changed, milliseconds since 1970. */
  readonly publishedAt: number;
  readonly content: FileContent;
}

export type FileContent =
  | { readonly kind: 'index'; readonly index: ResultsIndex }
  | { readonly kind: 'too large' }
  /** A sentence. */
  | { readonly kind: 'unread'; readonly problem: string };
