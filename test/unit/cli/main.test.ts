/** Wrong calls, many of them: exit 2 and a sentence, never a stack trace. */
import { array, assert, asyncProperty, constantFrom, oneof, pre, string } from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { main } from '../../../src/cli/main.ts';

const WORDS = [
  'backfill',
  'worker',
  'schedule',
  'run',
  'status',
  'web',
  'help',
  'statistics',
  'metadata',
  'query-cost',
  'check-alerts',
  'my-slug',
  'weekly',
  '--experiment',
  '--period',
  '--product',
  '--state',
  '--json',
  '--force',
  '--dry-run',
  '--concurrency',
  '--port',
  '--queue',
  '--date',
  '--help',
  '--version',
  '-h',
  '-x',
  '--',
  '-',
  '',
  '--no-such',
  '--experiment=',
  '__proto__',
  'constructor',
  'toString',
  '\u001b[2J',
  '\u202e',
  '99999999999',
];

describe('the command line', () => {
  let errors = '';
  let results = '';

  beforeEach(() => {
    vi.stubEnv('CONTRAIL_WAREHOUSE', undefined);
    vi.stubEnv('CONTRAIL_BUCKET', undefined);
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((errors += String(text)), true));
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((results += String(text)), true));
  });

  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  });

  async function run(line: readonly string[]) {
    errors = '';
    results = '';
    return { code: await main(line), errors, results };
  }

  it('answers any words with help, the version, or a sentence and exit code 2', async () => {
    const words = array(oneof(constantFrom(...WORDS), string({ maxLength: 8 })), { maxLength: 6 });

    await assert(
      asyncProperty(words, async (line) => {
        // The demo needs no settings, so it would run.
        pre(!line.includes('demo'));

        const { code, errors: said, results: printed } = await run(line);

        if (code === 0) expect([said, printed === '']).toEqual(['', false]);
        else expect([code, printed, said]).toEqual([2, '', expect.stringMatching(/^contrail: /)]);
        expect(said).not.toMatch(/^\s+at .*:\d+|INTERNAL|undefined/m);
        // oxlint-disable-next-line no-control-regex -- they would steer the terminal
        expect(said).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
      }),
      { numRuns: 400 },
    );
  });

  it('names a required option that is misspelt, not the one that is missing', async () => {
    const { code, errors: said } = await run(['run', 'statistics', '--experment', 'x', '--period', 'weekly']);

    expect(code).toBe(2);
    expect(said).toContain('contrail run statistics has no option "--experment". Did you mean --experiment?');
  });

  it.each([
    [[], 0],
    [['--version'], 0],
    [['help'], 0],
    [['help', 'run', 'errors'], 0],
    [['backfill', '--help'], 0],
    [['nothing'], 2],
    [['nothing', '--help'], 2],
    [['run'], 2],
    [['run', 'statistics'], 2],
    [['run', 'query-cost', '--date', 'yesterday'], 2],
    [['run', 'errors', '--experiment', 'x', '--enrollment-end', 'soon'], 2],
    [['backfill', '--period', 'hourly'], 2],
    [['backfill', '--product', 'all'], 2],
    [['backfill'], 2],
    [['worker', '--concurrency', '0'], 2],
    [['schedule', '--once', 'now'], 2],
    [['status', '--state', 'odd'], 2],
    [['status', 'one', 'two'], 2],
    [['web', '--port', '-1'], 2],
    [['web', '--host', '0.0.0.0'], 2],
    [['demo', '--port', 'x'], 2],
  ] as const)('%j ends with %i', async (line, code) => {
    expect(await run(line)).toMatchObject({ code });
  });
});
