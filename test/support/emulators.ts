/**
 * The emulators of BigQuery and Cloud Storage for a test file: on loopback, at free ports, with nothing kept. Each
 * ends when the test process is gone, however that came about.
 */
import { once } from 'node:events';
import { existsSync, mkdtempSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe } from 'vitest';
import { KeptProgram } from './kept-program.ts';

/** Where `tools/emulators/build.js` puts them, unless EMULATORS_BIN says otherwise. */
export const BIN = process.env['EMULATORS_BIN'] ?? fileURLToPath(new URL('../../tools/emulators/bin', import.meta.url));
const HOW_TO_GET = 'node tools/emulators/build.js';
const PORT_TRIES = 5;

export type EmulatorName = 'bigquery-emulator' | 'fake-gcs-server';

export interface BigQueryEmulator {
  /** `http://127.0.0.1:9050`: what the REST client takes as `apiEndpoint`. */
  readonly restUrl: string;
  /** `127.0.0.1:9060`: the Storage Read API, without TLS. */
  readonly grpcAddress: string;
  readonly project: string;
  /** Ends it and resolves when it is gone. May be called twice. */
  readonly stop: () => Promise<void>;
}

export interface GcsEmulator {
  /** `http://127.0.0.1:4443`. */
  readonly url: string;
  /** Makes an empty bucket. */
  readonly createBucket: (name: string) => Promise<void>;
  /** Ends it and resolves when it is gone. May be called twice. */
  readonly stop: () => Promise<void>;
}

/** Starts a BigQuery emulator with that project and nothing in it; resolves when both its services answer. */
export async function startBigQueryEmulator({
  project = 'test',
}: { project?: string } = {}): Promise<BigQueryEmulator> {
  const { ports, stop } = await start('bigquery-emulator', 2, ([rest, grpc], folder) => ({
    arguments: ['--host=127.0.0.1', `--port=${rest}`, `--grpc-port=${grpc}`, `--project=${project}`].concat(
      `--database=${join(folder, 'emulator.db')}`,
    ),
    probe: `http://127.0.0.1:${rest}/bigquery/v2/projects/${project}/datasets`,
  }));
  const [rest, grpc] = ports;
  return { restUrl: `http://127.0.0.1:${rest}`, grpcAddress: `127.0.0.1:${grpc}`, project, stop };
}

/** Starts a Cloud Storage emulator without buckets. */
export async function startGcsEmulator(): Promise<GcsEmulator> {
  const { ports, stop } = await start('fake-gcs-server', 1, ([port]) => ({
    arguments: ['-scheme', 'http', '-host', '127.0.0.1', '-port', String(port)].concat([
      '-backend',
      'memory',
      '-log-level',
      'error',
      '-external-url',
      `http://127.0.0.1:${port}`,
    ]),
    probe: `http://127.0.0.1:${port}/storage/v1/b?project=test`,
  }));
  const url = `http://127.0.0.1:${ports[0]}`;
  return { url, stop, createBucket: (name) => createBucket(url, name) };
}

/**
 * `describe` for tests that need an emulator. Without it the file says in one line how to get it and its tests are
 * skipped; where `CI` is set that is a failure.
 */
export function describeWithEmulators(name: string, needed: readonly EmulatorName[], tests: () => void): void {
  const missing = needed.filter((program) => !existsSync(join(BIN, program)));
  const sentence = `${name}: ${missing.join(' and ')} missing; get it with: ${HOW_TO_GET}`;
  if (missing.length > 0 && isSet(process.env['CI'])) throw new Error(sentence);
  if (missing.length > 0) process.stderr.write(`SKIPPED ${sentence}\n`);
  describe.skipIf(missing.length > 0)(`${name}, with emulators`, () => {
    tests();
  });
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== 'false' && value !== '0';
}

type Launch = (ports: readonly number[], folder: string) => { arguments: readonly string[]; probe: string };

async function start(program: EmulatorName, portCount: number, launch: Launch) {
  for (let tries = 1; ; tries++) {
    const folder = mkdtempSync(join(tmpdir(), `contrail-${program}-`));
    const ports = await freePorts(portCount);
    const launched = launch(ports, folder);
    const emulator = new KeptProgram(folder, [join(BIN, program), ...launched.arguments]);
    if (await emulator.answers(launched.probe)) return { ports, stop: () => emulator.stop() };
    await emulator.stop();
    // Another process may take a free port before the emulator does.
    if (tries < PORT_TRIES && /address already in use/i.test(emulator.output)) continue;
    throw new Error(`${program} does not start: ${emulator.output.trim() || 'it said nothing'}`);
  }
}

async function createBucket(url: string, name: string): Promise<void> {
  const reply = await fetch(`${url}/storage/v1/b?project=test`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name }),
  });
  if (!reply.ok) throw new Error(`the bucket ${name} cannot be made: ${await reply.text()}`);
  await reply.text();
}

/** Free ports, all open at once so that they differ. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  });
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}
