/** That the emulators start, answer, and leave nothing behind. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { BIN, describeWithEmulators, startBigQueryEmulator, startGcsEmulator } from '../support/emulators.ts';
import { KEEPER } from '../support/kept-program.ts';

/** Starts a program as the tests do, and prints the id of the shell beside it. */
const STARTER = `
  const [keeper, ...command] = process.argv.slice(1);
  const shell = require('node:child_process').spawn('sh', ['-c', keeper, 'sh', ...command], { detached: true });
  console.log(shell.pid);`;

describeWithEmulators('emulators', ['bigquery-emulator', 'fake-gcs-server'], () => {
  it('starts a BigQuery emulator that answers a query, and ends it', async () => {
    const emulator = await startBigQueryEmulator({ project: 'p' });
    onTestFinished(emulator.stop);

    const reply = await fetch(`${emulator.restUrl}/bigquery/v2/projects/p/queries`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: 'SELECT 1 AS one', useLegacySql: false }),
    });

    expect(await reply.json()).toMatchObject({ rows: [{ f: [{ v: '1' }] }] });
    await emulator.stop();
    await expect(fetch(emulator.restUrl)).rejects.toThrow('fetch failed');
  });

  it('starts a Cloud Storage emulator with a bucket, and ends it', async () => {
    const emulator = await startGcsEmulator();
    onTestFinished(emulator.stop);

    await emulator.createBucket('bucket');

    expect(await (await fetch(`${emulator.url}/storage/v1/b/bucket`)).json()).toMatchObject({ name: 'bucket' });
    await emulator.stop();
    await expect(fetch(emulator.url)).rejects.toThrow('fetch failed');
  });

  it('ends with the process that started it, even if that is killed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'contrail-killed-'));
    const program = [join(BIN, 'fake-gcs-server'), '-scheme', 'http', '-host', '127.0.0.1', '-backend', 'memory'];
    const starter = spawn(process.execPath, ['-e', STARTER, KEEPER, folder, ...program, '-port', '0'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [shell] = await once(starter.stdout, 'data');

    starter.kill('SIGKILL');

    await vi.waitFor(() => expect(() => process.kill(Number(shell), 0)).toThrow('ESRCH'), 10_000);
    expect(existsSync(folder)).toBe(false);
  });
});
