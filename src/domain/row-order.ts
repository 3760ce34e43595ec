/**
 * The order of rows in a file and the unique key of a row (spec: statistics, sections 3 and 4). The key's columns come
 * first, so rows with the same key are neighbours.
 */
export const KEY_COLUMNS = [
  'window_index',
  'segment',
  'analysis_basis',
  'metric',
  'statistic',
  'parameter',
  'branch',
  'comparison',
  'comparison_to_branch',
  'ci_width',
] as const;

export const ORDER_COLUMNS = [...KEY_COLUMNS, 'point', 'lower', 'upper'] as const;
