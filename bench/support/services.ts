/** The services that exports talk to, each in a process of its own on loopback. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ReplayControl } from '../../test/support/replay-server/control.ts';
import type { ReplayServerOptions } from '../../test/support/replay-server/replay-server.ts';
import { type RunningProgram, runningProgram, startNode } from './child.ts';

export const PROJECT = 'bench-project';
export const BUCKET = 'bucket';

// Seen from `bench/.build/<run>/bench/support`, where this is compiled to.
const EMULATOR = fileURLToPath(new URL('../../../../../tools/emulators/bin/fake-gcs-server', import.meta.url));
const REPLAY = new URL('./replay-warehouse.js', import.meta.url);
const COUNTING = new URL('./counting-storage.js', import.meta.url);

export interface Warehouse extends Pick<RunningProgram, 'stop'> {
  readonly restUrl: string;
  readonly grpcAddress: string;
  readonly control: ReplayControl;
}

export interface Storage extends Pick<RunningProgram, 'stop'> {
  readonly url: string;
}

/** A storage that counts requests and keeps no bytes of large objects. */
export interface CountingStorage extends Storage {
  /** Where the vendor's client may upload what nobody keeps. */
  readonly discardingUrl: string;
  readonly requests: () => Promise<number>;
}

/** The replay of BigQuery. */
export async function startWarehouse(options: ReplayServerOptions): Promise<Warehouse> {
  const { line, stop } = await startNode<{ restUrl: string; grpcAddress: string }>(REPLAY, {
    project: PROJECT,
    ...options,
  });
  return { ...line, stop, control: new ReplayControl(line.restUrl) };
}

/** Cloud Storage as tests have it, with an empty bucket. */
export async function startStorage(): Promise<Storage> {
  if (!existsSync(EMULATOR)) throw new Error('fake-gcs-server is not built. Run: node tools/emulators/build.js');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const options = ['-scheme', 'http', '-host', '127.0.0.1', '-port', String(port), '-backend', 'memory'];
  const child = spawn(EMULATOR, [...options, '-log-level', 'error', '-external-url', url], { stdio: ['ignore', 2, 2] });
  const { stop } = runningProgram(child);
  await untilAnswers(`${url}/storage/v1/b?project=${PROJECT}`);
  await fetch(`${url}/storage/v1/b?project=${PROJECT}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: BUCKET }),
  });
  return { url, stop };
}

/** A storage on loopback whose every answer takes that long. */
export async function startCountingStorage({ latencyMs = 0 } = {}): Promise<CountingStorage> {
  const { line, stop } = await startNode<{ url: string; countedUrl: string; discardingUrl: string }>(COUNTING, {
    latencyMs,
  });
  const requests = async (): Promise<number> => Number(await (await fetch(line.countedUrl)).text());
  return { url: line.url, discardingUrl: line.discardingUrl, stop, requests };
}

async function untilAnswers(url: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if (
      await fetch(url).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return;
    await delay(100);
  }
  throw new Error(`${url} does not answer`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return address.port;
}
