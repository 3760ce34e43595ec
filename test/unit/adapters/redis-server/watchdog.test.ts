import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { WATCHDOG } from '../../../../src/adapters/redis-server/watchdog.ts';

function setup() {
  const folder = mkdtempSync(join(tmpdir(), 'contrail-watchdog-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return { folder };
}

/** Runs the watchdog over a program that prints its configuration and ends, and gives what was printed and the code. */
async function watch(input: string, folder: string, keepsOpen = false) {
  const child = spawn('sh', ['-c', WATCHDOG, 'sh', 'cat', folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  // The program is ended when the input closes, so it stays open for one that is to print.
  if (keepsOpen) child.stdin.write(input);
  else child.stdin.end(input);
  const [code] = (await once(child, 'close')) as [number];
  return { code, output };
}

it('starts nothing without the end of the configuration, and clears up', async () => {
  const { folder } = setup();

  const result = await watch('requirepass secret\nport 1', folder);

  expect(result).toEqual({ code: 1, output: '' });
  expect(existsSync(folder)).toBe(false);
});

it('hands the configuration on as it is, by no argument that others could read', async () => {
  const { folder } = setup();

  const { output } = await watch('dir "/a b/$HOME/`id`\\\\"\n# $(id)\nend\n', '', true);

  expect(output).toBe('dir "/a b/$HOME/`id`\\\\"\n# $(id)\n\n');
  expect(existsSync(folder)).toBe(true);
});
