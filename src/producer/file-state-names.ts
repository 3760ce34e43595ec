/**
 * `fresh`: the file has the newest rows. `stale`: the source has changed since. `never`: there is no file yet. `queued` and
 * `running`: there is a job for it. `failed`: the last job for the newest rows failed for good. `refused`: no job can be
 * made. `gone`: the tables were deleted. `rebuilding`: tables are coming back.
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
] as const;

export type FileStateName = (typeof FILE_STATES)[number];
