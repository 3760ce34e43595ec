/**
 * The rules of the Experimenter console as data (spec: statistics, sections 4 and 9): one data set per version, named by
 * the console's commit. Data sets are never edited; a new version of the console gets a new one.
 */
import type { AnalysisPeriod } from './analysis-period.ts';

/** Rules for whole files. */
export const FILE_RULES = ['F1', 'F2', 'F3', 'F4', 'F5', 'F6', 'F7'] as const;
export type FileRule = (typeof FILE_RULES)[number];

/** All rules that leave out rows. */
export const BROKEN_RULES = ['R1', 'R2', 'R4', ...FILE_RULES] as const;
export type BrokenRule = (typeof BROKEN_RULES)[number];

/** Metrics whose rows the console takes from one window only and copies into later periods. */
export interface Travel {
  readonly period: AnalysisPeriod;
  readonly metrics: readonly string[];
  /** The window whose rows are copied; rows of other windows are replaced. `any`: rows of every window are copied, each window separately. */
  readonly window: string;
}

export interface ConsoleRules {
  /** Statistics that are drawn. Exceptions: `mean` only without a `mean_lm`, and never `percentage` of the client counts. */
  readonly drawnStatistics: readonly string[];
  /** Names forbidden for metrics and branches. */
  readonly reservedNames: readonly string[];
  /** Names forbidden for branches. */
  readonly reservedBranches: readonly string[];
  readonly travels: readonly Travel[];
  /** The metric that counts the clients of each branch. */
  readonly clientsMetric: string;
  /** Metrics whose absolute values are multiplied by 100, like relative uplifts. */
  readonly scaledMetrics: readonly string[];
  /** Largest magnitude of a value that is multiplied by 100. */
  readonly largestScaled: number;
  /** Largest window that is drawn in `daily` and `weekly`. */
  readonly largestWindow: number;
  /** Metrics of `overall` whose window is used. */
  readonly windowedOverallMetrics: readonly string[];
  /** A metric of this name, drawn in segment `all`, makes the page look for missing errors. */
  readonly pageBreakingMetric: string;
  /** File rules of this version. */
  readonly fileRules: readonly FileRule[];
}

const THREE_DAY_METRICS = ['active_in_last_3_days', 'active_in_last_3_days_legacy'];

/** The console of 7 August 2026. */
const CONSOLE_E5DD1051C: ConsoleRules = {
  drawnStatistics: ['binomial', 'count', 'mean', 'mean_lm', 'per_client_dau_impact', 'percentage', 'population_ratio'],
  reservedNames: [
    'model_config',
    'model_dump',
    'model_dump_json',
    'model_extra',
    'model_fields_set',
    'model_post_init',
    'model_validate',
    'model_validate_json',
    'model_validate_strings',
  ],
  reservedBranches: ['model_fields', 'append_conversion_count'],
  travels: [
    { period: 'weekly', metrics: ['retained'], window: '2' },
    { period: 'daily', metrics: THREE_DAY_METRICS, window: '4' },
  ],
  clientsMetric: 'identity',
  scaledMetrics: ['identity', 'retained', ...THREE_DAY_METRICS],
  largestScaled: 1.797e306,
  largestWindow: 1000,
  windowedOverallMetrics: ['retained'],
  pageBreakingMetric: 'experiment',
  fileRules: FILE_RULES,
};

/** With #16512, not merged yet: `retained` is a metric per week, and rows of every week are copied. */
const CONSOLE_16512: ConsoleRules = {
  ...CONSOLE_E5DD1051C,
  travels: [
    { period: 'weekly', metrics: ['retained'], window: 'any' },
    { period: 'daily', metrics: THREE_DAY_METRICS, window: '4' },
  ],
};

/** Data sets by the value of the setting `console.rules`. */
export const CONSOLE_RULES = { e5dd1051c: CONSOLE_E5DD1051C, '16512': CONSOLE_16512 } as const;
export type ConsoleRulesName = keyof typeof CONSOLE_RULES;
export const CONSOLE_RULES_NAMES = ['e5dd1051c', '16512'] as const satisfies readonly ConsoleRulesName[];
export const DEFAULT_CONSOLE_RULES: ConsoleRulesName = 'e5dd1051c';

/** The periods that the console reads, in its order. Other periods have fewer rules. */
export const READ_PERIODS = ['daily', 'weekly', 'overall'] as const;
export type ReadPeriod = (typeof READ_PERIODS)[number];

export function isReadPeriod(period: AnalysisPeriod): period is ReadPeriod {
  return (READ_PERIODS as readonly string[]).includes(period);
}
