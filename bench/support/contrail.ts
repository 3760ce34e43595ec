/** The command line, run against the services of a question. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { BUCKET, PROJECT, type Storage, type Warehouse } from './services.ts';

const MAIN = fileURLToPath(new URL('./contrail-main.js', import.meta.url));

export type Environment = Readonly<Record<string, string>>;

/** The settings that name the services. */
export function environmentOf(warehouse: Warehouse, storage: Storage, more: Environment): Environment {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: process.env['HOME'] ?? '',
    NO_COLOR: '1',
    CONTRAIL_WAREHOUSE: `bigquery://${PROJECT}?location=US`,
    CONTRAIL_BUCKET: `gs://${BUCKET}`,
    BIGQUERY_EMULATOR_HOST: warehouse.restUrl,
    BIGQUERY_STORAGE_EMULATOR_HOST: warehouse.grpcAddress,
    STORAGE_EMULATOR_HOST: storage.url,
    ...more,
  };
}

/** Runs a command to its end and gives what it printed; throws where it fails. */
export async function runContrail(
  arguments_: readonly string[],
  environment: Environment,
  cwd: string,
): Promise<string> {
  const child = spawn(process.execPath, [MAIN, ...arguments_], {
    cwd,
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`contrail ${arguments_.join(' ')} ended with exit code ${String(code)}`);
  return printed;
}

/** Starts a worker; resolves when it takes jobs. */
export function startWorker(environment: Environment, cwd: string): Promise<ChildProcess> {
  return startService('worker', 'taking jobs', { environment, cwd });
}

/** Starts a scheduler; resolves when it has scanned once. */
export function startScheduler(environment: Environment, cwd: string): Promise<ChildProcess> {
  return startService('schedule', '"scanned"', { environment, cwd });
}

/** Resolves when it has logged that. */
async function startService(
  command: string,
  logged: string,
  { environment, cwd }: { readonly environment: Environment; readonly cwd: string },
): Promise<ChildProcess> {
  const child = spawn(process.execPath, [MAIN, command], {
    cwd,
    env: environment,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  process.once('exit', () => child.kill('SIGKILL'));
  await new Promise<void>((resolve, reject) => {
    child.stderr.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes(logged)) resolve();
    });
    child.once('exit', () => reject(new Error(`contrail ${command} ended`)));
  });
  return child;
}

/** Ends a worker and waits for its end. */
export async function stopWorker(worker: ChildProcess): Promise<void> {
  const ended = once(worker, 'exit');
  worker.kill('SIGTERM');
  await ended;
}
