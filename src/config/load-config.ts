/** The environment as one checked, frozen object. Only this room reads `process.env`. */
import type { z } from 'zod';
import { ContrailError } from '../domain/errors.ts';
import { didYouMean } from '../domain/nearest-name.ts';
import { quote } from '../domain/slug.ts';
import { type SettingName, SETTINGS } from './settings.ts';

/** By setting name; a setting without a default may be undefined. */
export type Config = {
  readonly [Name in SettingName]:
    | z.output<(typeof SETTINGS)[Name]['schema']>
    | ((typeof SETTINGS)[Name]['default'] extends string ? never : undefined);
};

export type Environment = Readonly<Record<string, string | undefined>>;

export interface ConfigSources {
  readonly environment?: Environment;
  /** Variables that count more than the environment's: what a command decides by itself. */
  readonly overrides?: Environment;
}

/** Variables of our name that are not settings: those of tests. */
const NOT_SETTINGS = new Set(['CONTRAIL_TEST_REDIS']);
/** Settings whose values never show in a message. */
const SECRET = new Set<SettingName>(['redis', 'notify.webhook', 'notify.webhookSecret', 'notify.slack']);

/**
 * Reads all settings; those of `required` must be set. Throws CONFIG_INVALID that reports every problem: variables that
 * cannot be used, that are missing, and that do not exist.
 */
export function loadConfig(
  required: readonly SettingName[],
  { environment = process.env, overrides = {} }: ConfigSources = {},
): Config {
  const problems = unknownVariables(environment);
  const variables = { ...environment, ...overrides };
  const values = Object.entries(SETTINGS).map(([name, setting]) => {
    const text = variables[setting.variable] || setting.default;
    if (text === undefined) {
      const isRequired = required.some((entry) => entry === name);
      if (isRequired) problems.push(`${setting.variable} is not set: ${setting.text} Example: ${setting.example}.`);
      return [name, undefined];
    }
    const parsed = setting.schema.safeParse(text);
    if (parsed.success) return [name, parsed.data];
    const allowed = parsed.error.issues[0]?.message ?? setting.text;
    const found = SECRET.has(name as SettingName) ? 'what it holds' : quote(withoutUser(text));
    problems.push(`${setting.variable} cannot be ${found}: allowed is ${allowed}. Example: ${setting.example}.`);
    return [name, undefined];
  });
  if (problems.length > 0) throw new ContrailError('CONFIG_INVALID', problems.join('\n'));
  return Object.freeze(Object.fromEntries(values)) as Config;
}

/** A URL without the user and the password that it may hold, however wrongly it is written. */
function withoutUser(text: string): string {
  return text.replace(/^([^:]*:\/*).*@/s, '$1…@');
}

function unknownVariables(environment: Environment): string[] {
  const known: string[] = Object.values(SETTINGS).map((setting) => setting.variable);
  return Object.keys(environment)
    .filter((name) => name.startsWith('CONTRAIL_') && !known.includes(name) && !NOT_SETTINGS.has(name))
    .sort()
    .map((name) => `${name} is not a setting. ${didYouMean(name, known)}See docs/configuration.md for all of them.`);
}

/** Whether a setting was given, or has its default. */
export function isSet(name: SettingName, environment: Environment = process.env): boolean {
  return Boolean(environment[SETTINGS[name].variable]);
}
