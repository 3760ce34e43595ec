/** The environment as one checked, frozen object. Only this folder reads `process.env`. */
import type { z } from 'zod';
import { ContrailError } from '../domain/errors.ts';
import { didYouMean } from '../domain/nearest-name.ts';
import { quote } from '../domain/slug.ts';
import { applyEnvFile } from './env-file.ts';
import { type SettingName, SETTINGS } from './settings.ts';

/** By setting name; a setting without a default may be undefined. */
export type Config = {
  readonly [Name in SettingName]:
    | z.output<(typeof SETTINGS)[Name]['schema']>
    | ((typeof SETTINGS)[Name]['default'] extends string ? never : undefined);
};

export type Environment = Readonly<Record<string, string | undefined>>;

export interface ConfigSources {
  /** Default: the variables of this process, and those of `.env` that are not exported. */
  readonly environment?: Environment;
  /** Variables that override the environment's. */
  readonly overrides?: Environment;
}

/** Variables with our prefix that are not settings: tests use them. */
const NOT_SETTINGS = new Set(['CONTRAIL_TEST_REDIS']);
/** Old names of settings. */
const RENAMED: Readonly<Record<string, string>> = { CONTRAIL_PRICING_USD_PER_TI_B: 'CONTRAIL_PRICING_USD_PER_TIB' };

/** Reads all settings; those of `required` must be set. Throws one CONFIG_INVALID with all missing, invalid and unknown variables. */
export function loadConfig(
  required: readonly SettingName[],
  { environment = ownEnvironment(), overrides = {} }: ConfigSources = {},
): Config {
  const problems = unknownVariables(environment);
  const variables = { ...environment, ...overrides };
  const values = Object.entries(SETTINGS).map(([name, setting]) => {
    const text = variables[setting.variable] || setting.default;
    if (text === undefined) {
      const isRequired = required.some((entry) => entry === name);
      if (isRequired)
        problems.push(`${code(setting.variable)} is not set: ${setting.text} Example: ${code(setting.example)}.`);
      return [name, undefined];
    }
    const parsed = setting.schema.safeParse(text);
    if (parsed.success) return [name, parsed.data];
    const expected = parsed.error.issues[0]?.message ?? setting.text;
    const found = 'isSecret' in setting && setting.isSecret ? '(not shown)' : shown(text);
    const problem = `${code(setting.variable)} has an invalid value ${found}; expected ${expected}.`;
    problems.push(`${problem} Example: ${code(setting.example)}.`);
    return [name, undefined];
  });
  if (problems.length > 0) throw new ContrailError('CONFIG_INVALID', problems.join('\n'));
  return Object.freeze(Object.fromEntries(values)) as Config;
}

/** The variables of this process and of `.env`. */
function ownEnvironment(): Environment {
  applyEnvFile();
  return process.env;
}

/** An invalid value for a message. Anything like a URL with a user or a query is cut, even a malformed one. */
function shown(text: string): string {
  return code(quote(text.replace(/^([^:@?]*:?\/*).*[@?].*$/s, '$1…')).slice(1, -1));
}

function code(text: string): string {
  return `\`${text}\``;
}

function unknownVariables(environment: Environment): string[] {
  const known: string[] = Object.values(SETTINGS).map((setting) => setting.variable);
  return Object.keys(environment)
    .filter((name) => name.startsWith('CONTRAIL_') && !known.includes(name) && !NOT_SETTINGS.has(name))
    .sort()
    .map((name) => {
      const renamed = RENAMED[name];
      if (renamed !== undefined) return `${code(name)} is now called ${code(renamed)}.`;
      return `${code(name)} is not a setting. ${didYouMean(name, known)}See docs/configuration.md for all of them.`;
    });
}

/** Whether a setting is set or has a default. */
export function isSet(name: SettingName, environment: Environment = process.env): boolean {
  return Boolean(environment[SETTINGS[name].variable]);
}
