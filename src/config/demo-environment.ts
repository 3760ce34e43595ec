/** The environment of the demo, which keeps to itself: whatever is exported, or set in `.env`, for another installation does not count. */
import { applyEnvFile } from './env-file.ts';
import type { Environment } from './load-config.ts';
import { type SettingName, SETTINGS } from './settings.ts';

/** Settings of the machine and of the display; no other changes what the demo reads, writes or tells anybody. */
const KEPT: ReadonlySet<SettingName> = new Set<SettingName>([
  'logLevel',
  'now',
  'worker.concurrency',
  'worker.drainTimeout',
  'duckdb.memoryLimit',
  'duckdb.threads',
  'duckdb.wait',
  'web.host',
  'web.port',
]);

/** Settings that are exported but do not count in the demo, by their variables. */
export function settingsIgnoredByDemo(environment: Environment): string[] {
  return Object.entries(SETTINGS)
    .filter(([name, { variable }]) => !KEPT.has(name as SettingName) && Boolean(environment[variable]))
    .map(([, { variable }]) => variable)
    .sort();
}

/** From now on this process has the demo's settings; gives the variables that were exported and no longer count. */
export function enterDemo(settings: Environment, environment: NodeJS.ProcessEnv = process.env): string[] {
  if (environment === process.env) applyEnvFile();
  const ignored = settingsIgnoredByDemo(environment);
  // Empty counts as unset, and keeps `.env` from setting it again.
  for (const variable of ignored) environment[variable] = '';
  for (const [variable, value] of Object.entries(settings)) environment[variable] ||= value;
  return ignored;
}
