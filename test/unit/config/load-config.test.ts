import { describe, expect, it } from 'vitest';
import { type Environment, isSet, loadConfig } from '../../../src/config/load-config.ts';
import { type SettingName, SETTINGS } from '../../../src/config/settings.ts';
import { ContrailError } from '../../../src/domain/errors.ts';

const NAMES = Object.keys(SETTINGS) as SettingName[];
/** The emulators' variables are those that the vendors' clients know. */
const OUR_NAMES = NAMES.filter((name) => !name.endsWith('Emulator'));
const load = (environment: Environment, required: readonly SettingName[] = []) => loadConfig(required, { environment });

function problemsOf(environment: Environment, required: readonly SettingName[] = []): string[] {
  try {
    load(environment, required);
  } catch (error) {
    if (error instanceof ContrailError && error.code === 'CONFIG_INVALID') return error.message.split('\n');
  }
  throw new Error('it was taken');
}

describe('the settings', () => {
  it.each(NAMES)('%s: default and example can be used, and the text is a sentence', (name) => {
    const { variable, text, example, default: standard } = SETTINGS[name];

    expect(load({ [variable]: example })[name]).not.toBeUndefined();
    expect(load({})[name] === undefined).toBe(standard === undefined);
    expect(text).toMatch(/^[A-Z].*\.$/);
  });

  it.each(OUR_NAMES)('%s: the variable is made of the name', (name) => {
    const words = name.replaceAll('.', '_').replace(/[A-Z]/g, (letter) => `_${letter}`);

    expect(SETTINGS[name].variable).toBe(`CONTRAIL_${words.toUpperCase()}`);
  });

  it('have each a variable of its own', () => {
    expect(new Set(NAMES.map((name) => SETTINGS[name].variable)).size).toBe(NAMES.length);
  });
});

describe('the configuration', () => {
  it('has the defaults, and undefined where there is none', () => {
    expect(load({}).redis.reveal()).toBe('redis://127.0.0.1:6379');
    expect(load({})).toMatchObject({
      warehouse: undefined,
      resultsDataset: 'mozanalysis',
      now: undefined,
      'statistics.refusedShare': 0.1,
      'schedule.interval': 60_000,
      'duckdb.wait': 10_000,
      'web.port': 8080,
    });
  });

  it('is frozen', () => {
    expect(Object.isFrozen(load({}))).toBe(true);
  });

  it('takes an empty variable as not set', () => {
    expect(load({ CONTRAIL_LOG_LEVEL: '', CONTRAIL_WAREHOUSE: '' })).toMatchObject({
      logLevel: 'info',
      warehouse: undefined,
    });
    expect(problemsOf({ CONTRAIL_WAREHOUSE: '' }, ['warehouse'])[0]).toContain('is not set');
  });

  it('takes what a command decides before what the environment says', () => {
    const environment = { CONTRAIL_WEB_PORT: '1', CONTRAIL_LOG_LEVEL: 'debug' };

    const config = loadConfig([], { environment, overrides: { CONTRAIL_WEB_PORT: '2' } });

    expect([config['web.port'], config.logLevel]).toEqual([2, 'debug']);
  });

  it('ignores variables of other programs, and those of our tests', () => {
    expect(() => load({ PATH: 'x', contrail_redis: 'x', CONTRAILREDIS: 'x', CONTRAIL_TEST_REDIS: 'x' })).not.toThrow();
  });

  it('knows which settings were given', () => {
    expect(isSet('redis', { CONTRAIL_REDIS: 'redis://x' })).toBe(true);
    expect(isSet('redis', { CONTRAIL_REDIS: '' })).toBe(false);
    expect(isSet('redis', {})).toBe(false);
  });
});

describe('problems of the configuration', () => {
  it('are all told together, with the variable, what was found, what is allowed, and an example', () => {
    const problems = problemsOf(
      {
        CONTRAIL_WEB_PORT: '70000',
        CONTRAIL_LOG_LEVEL: 'loud',
        CONTRAIL_BUKET: 'file:./x',
        CONTRAIL_SCHEDULE_INTERVAL: '5',
      },
      ['warehouse', 'bucket'],
    );

    expect(problems).toEqual([
      '`CONTRAIL_BUKET` is not a setting. Did you mean CONTRAIL_BUCKET? See docs/configuration.md for all of them.',
      expect.stringMatching(/^`CONTRAIL_WAREHOUSE` is not set: .* Example: `.*`\.$/),
      expect.stringMatching(/^`CONTRAIL_BUCKET` is not set: .* Example: /),
      '`CONTRAIL_LOG_LEVEL` has an invalid value `loud`; expected debug, info or warn. Example: `debug`.',
      '`CONTRAIL_SCHEDULE_INTERVAL` has an invalid value `5`; expected a duration such as 500ms, 20s, 5m, 6h or 7d, at most 1d. Example: `5m`.',
      '`CONTRAIL_WEB_PORT` has an invalid value `70000`; expected a port, 0 to 65535. Example: `8080`.',
    ]);
  });

  it('name no setting where none is near', () => {
    expect(problemsOf({ CONTRAIL_QUITE_ANOTHER_THING: 'x' })).toEqual([
      '`CONTRAIL_QUITE_ANOTHER_THING` is not a setting. See docs/configuration.md for all of them.',
    ]);
  });

  it.each([
    ['CONTRAIL_REDIS', 'reddis://user:s3cret@host:6379'],
    ['CONTRAIL_REDIS', 'redis//user:s3cret@host'],
    ['CONTRAIL_EXPERIMENTER', 'ftp://user:s3cret@host/'],
    ['CONTRAIL_EXPERIMENTER', 'https:/user:s3cret@host/'],
    ['CONTRAIL_METRIC_HUB', 'git+ssh://s3cret@host/x'],
    ['CONTRAIL_BUCKET', 's3://key:s3cret@bucket?a=b@c'],
    ['CONTRAIL_WAREHOUSE', 'postgres://me:s3cret@[::1]:5432/x'],
    ['CONTRAIL_WAREHOUSE', 'bigquery://p?token=s3cret'],
    ['CONTRAIL_BUCKET', 'https://bucket/?access_token=s3cret'],
    ['CONTRAIL_METRIC_HUB', 'htps://host/?token=s3cret'],
    ['CONTRAIL_NOTIFY_SLACK', 'hooks.slack.com/services/s3cret'],
    ['CONTRAIL_NOTIFY_WEBHOOK', 'ftp://host/s3cret'],
    ['CONTRAIL_NOTIFY_WEBHOOK_SECRET', 's3cret'],
    ['CONTRAIL_WEB_ADDRESS', 'https://me:s3cret@host'],
    ['BIGQUERY_EMULATOR_HOST', 'me:s3cret@127.0.0.1:9050'],
    ['BIGQUERY_STORAGE_EMULATOR_HOST', 'me:s3cret@127.0.0.1:9050'],
    ['STORAGE_EMULATOR_HOST', 'http://me:s3cret@127.0.0.1:9050'],
  ])('never show the password in %s=%s', (variable, text) => {
    const problems = problemsOf({ [variable]: text });

    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(variable);
    expect(problems[0]).not.toContain('s3cret');
  });

  it('tell the new name of a setting that was renamed', () => {
    expect(problemsOf({ CONTRAIL_PRICING_USD_PER_TI_B: '5' })).toEqual([
      '`CONTRAIL_PRICING_USD_PER_TI_B` is now called `CONTRAIL_PRICING_USD_PER_TIB`.',
    ]);
  });

  it('show nothing that steers a terminal', () => {
    expect(problemsOf({ CONTRAIL_LOG_LEVEL: '\u001b[31mred\nline' })).toEqual([
      expect.stringContaining('an invalid value `\\u001b[31mred\\nline`;'),
    ]);
  });
});
