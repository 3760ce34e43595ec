/** The values of the column `outcome` of the table of runs. */
export const RUN_OUTCOMES = [
  'published',
  'unchanged',
  'skipped',
  'superseded',
  'snoozed',
  'divided',
  'retrying',
  'failed',
  'cancelled',
] as const;
