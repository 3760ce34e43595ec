/** The rows that one metric has in one window, segment and basis, in the order of the exported file. */

export interface Entry {
  readonly statistic: string;
  readonly parameter: number | null;
  readonly branch: string;
  readonly comparison: 'difference' | 'relative_uplift' | null;
  readonly comparisonTo: string | null;
  /** Whether `ci_width`, `lower` and `upper` hold a value. */
  readonly hasInterval: boolean;
}

const CONTROL = 'control';
const BRANCHES = [CONTROL, 'treatment-a', 'treatment-b'] as const;
const DECILES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
const CDF_POINTS = [...DECILES, 1];

/** Cut after any row, every branch that a comparison names has a row. */
export const ENTRIES: readonly Entry[] = [
  ...withComparisons('bootstrap_mean', null),
  ...DECILES.flatMap((parameter) => withComparisons('deciles', parameter)),
  ...CDF_POINTS.flatMap((parameter) =>
    BRANCHES.map((branch) => plainEntry({ statistic: 'empirical_cdf', parameter, branch, hasInterval: false })),
  ),
  ...withComparisons('linear_model_mean', null),
];

const METRIC_STEMS = [
  'active_hours',
  'ad_clicks',
  'client_level_daily_active_users',
  'days_of_use',
  'organic_search_count',
  'qualified_cumulative_days_of_use',
  'retained',
  'search_count',
  'searches_with_ads',
  'tagged_search_count',
  'total_uri_count',
  'unenroll',
];

/** That many different names in ascending order. */
export function metricNames(count: number): string[] {
  const names = Array.from({ length: count }, (_, index) => {
    const round = Math.floor(index / METRIC_STEMS.length);
    return `${METRIC_STEMS[index % METRIC_STEMS.length]}_v${String(round + 1).padStart(4, '0')}`;
  });
  return names.sort();
}

function withComparisons(statistic: string, parameter: number | null): Entry[] {
  return BRANCHES.flatMap((branch): Entry[] => {
    const entry = plainEntry({ statistic, parameter, branch, hasInterval: true });
    if (branch === CONTROL) return [entry];
    return [
      entry,
      { ...entry, comparison: 'difference', comparisonTo: CONTROL },
      { ...entry, comparison: 'relative_uplift', comparisonTo: CONTROL },
    ];
  });
}

function plainEntry(entry: Omit<Entry, 'comparison' | 'comparisonTo'>): Entry {
  return { ...entry, comparison: null, comparisonTo: null };
}
