/** The environment of the demo, which ignores settings of another installation, exported or in `.env`. */
import { applyEnvFile } from './env-file.ts';
import type { Environment } from './load-config.ts';
import { type SettingName, SETTINGS } from './settings.ts';

/** Settings of the machine and the display; they do not change what the demo reads, writes or sends. */
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

/** Variables of settings that are exported but ignored by the demo. */
function settingsIgnoredByDemo(environment: Environment): string[] {
  return Object.entries(SETTINGS)
    .filter(([name, { variable }]) => !KEPT.has(name as SettingName) && Boolean(environment[variable]))
    .map(([, { variable }]) => variable)
    .sort();
}

/** Gives this process the demo's settings, and returns the exported variables that are now ignored. */
export function enterDemo(settings: Environment, environment: NodeJS.ProcessEnv = process.env): string[] {
  if (environment === process.env) applyEnvFile();
  const ignored = settingsIgnoredByDemo(environment);
  // Empty counts as unset, and keeps `.env` from setting the variable again.
  for (const variable of ignored) environment[variable] = '';
  for (const [variable, value] of Object.entries(settings)) environment[variable] ||= value;
  return ignored;
}
