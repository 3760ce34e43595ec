/** Rows, files and facts for tests of results. */
import type { AnalysisPeriod } from '../../src/domain/analysis-period.ts';
import { CONSOLE_RULES } from '../../src/domain/console-rules.ts';
import {
  type ExperimentResults,
  experimentResults,
  type ResultsInputs,
  type ResultsRequest,
} from '../../src/domain/results/experiment-results.ts';
import type { ResultsFacts } from '../../src/domain/results/results-facts.ts';
import { ResultsIndex } from '../../src/domain/results/results-index.ts';
import { TableBuilder } from '../../src/domain/results/table-builder.ts';

/** A row as in a file. */
export interface RowOfFile {
  readonly metric: string;
  readonly statistic: string;
  readonly parameter: string | null;
  readonly branch: string;
  readonly comparison: string | null;
  readonly comparison_to_branch: string | null;
  readonly ci_width: number | null;
  readonly point: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
  readonly segment: string;
  readonly analysis_basis: string;
  readonly window_index: string | null;
}

type Interval = readonly [lower: number | null, point: number | null, upper: number | null];

export const RULES = CONSOLE_RULES.e5dd1051c;

export const FACTS: ResultsFacts = {
  branches: [
    { slug: 'control', ratio: 1 },
    { slug: 'treatment', ratio: 1 },
  ],
  referenceBranch: 'control',
  outcomes: [],
  metrics: new Map(),
  firstErrors: new Map(),
};

export function fileRow(part: Partial<RowOfFile> = {}): RowOfFile {
  return {
    metric: 'm',
    statistic: 'mean',
    parameter: null,
    branch: 'treatment',
    comparison: null,
    comparison_to_branch: null,
    ci_width: 0.95,
    point: 1,
    lower: 0.9,
    upper: 1.1,
    segment: 'all',
    analysis_basis: 'enrollments',
    window_index: '1',
    ...part,
  };
}

/** The rows of a branch compared with control, and of control itself. */
export function comparedRows(interval: Interval, part: Partial<RowOfFile> = {}): RowOfFile[] {
  const [lower, point, upper] = interval;
  const compared = { comparison_to_branch: 'control', lower, point, upper };
  return [
    fileRow({ branch: 'control', ...part, ...(part.branch === undefined ? {} : { branch: 'control' }) }),
    fileRow(part),
    fileRow({ ...part, ...compared, comparison: 'difference' }),
    fileRow({ ...part, ...compared, comparison: 'relative_uplift' }),
  ];
}

export function clientRows(counts: Readonly<Record<string, number>>, part: Partial<RowOfFile> = {}): RowOfFile[] {
  return Object.entries(counts).map(([branch, point]) =>
    fileRow({
      metric: 'identity',
      statistic: 'count',
      branch,
      point,
      lower: null,
      upper: null,
      ci_width: null,
      ...part,
    }),
  );
}

export function resultsIndex(rows: readonly RowOfFile[]): ResultsIndex {
  const builder = new TableBuilder();
  builder.push(Buffer.from(JSON.stringify(rows)));
  return new ResultsIndex(builder.finish());
}

export type Files = Partial<Readonly<Record<AnalysisPeriod, readonly RowOfFile[]>>>;

export function resultsInputs(files: Files, facts: Partial<ResultsFacts> = {}): ResultsInputs {
  const entries = Object.entries(files) as [AnalysisPeriod, readonly RowOfFile[]][];
  return {
    indexes: new Map(entries.map(([period, rows]) => [period, resultsIndex(rows)])),
    facts: { ...FACTS, ...facts },
    rules: RULES,
  };
}

/** The results of these files; fails where there are none. */
export function resultsOfFiles(
  files: Files,
  facts: Partial<ResultsFacts> = {},
  request: ResultsRequest = {},
): ExperimentResults {
  const results = experimentResults(request, resultsInputs(files, facts));
  if (results === undefined) throw new Error('There are no results.');
  return results;
}
