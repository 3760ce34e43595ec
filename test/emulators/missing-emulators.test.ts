/** That tests which need an emulator never pass over its absence in silence. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../support/duckdb.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const HOW_TO_GET = 'bigquery-emulator and fake-gcs-server missing; get it with: node tools/emulators/build.js';

/** Runs a file of such tests where no emulator is built. */
function runWithout(CI: string): Promise<{ code: number | null; output: string }> {
  const vitest = [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--project',
    'emulators',
    'test/emulators/emulators.test.ts',
  ];
  const env = {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    NO_COLOR: '1',
    CI,
    EMULATORS_BIN: temporaryFolder(),
  };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, vitest, { cwd: ROOT, env }, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode, output: stdout + stderr }),
    );
  });
}

it('says which emulators are missing, and how to get them, and skips', async () => {
  const { code, output } = await runWithout('');

  expect(output).toContain(`SKIPPED emulators: ${HOW_TO_GET}`);
  expect(output).toMatch(/Tests +3 skipped/);
  expect(code).toBe(0);
});

it('fails where CI is set', async () => {
  const { code, output } = await runWithout('1');

  expect(output).toContain(`Error: emulators: ${HOW_TO_GET}`);
  expect(code).toBe(1);
});
