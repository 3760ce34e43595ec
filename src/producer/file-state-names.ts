/**
 * `fresh`: the file has the newest rows. `stale`, `never`: longer ago than the allowed lag, the source has
 * changed, or appeared. `queued` and
 * `running`: there is a job for it. `failed`: the last job for the newest rows failed for good. `refused`: no job can be
 * made. `gone`: the tables were deleted. `rebuilding`: tables are coming back. `missing`: results are
 * expected, and there are none. `not due`: no results are expected yet, or they have just appeared.
 */
export const FILE_STATES = [
  'fresh',
  'stale',
  'never',
  'queued',
  'running',
  'failed',
  'refused',
  'gone',
  'rebuilding',
  'missing',
  'not due',
] as const;

export type FileStateName = (typeof FILE_STATES)[number];
