/** A private Redis for the demo and the tests: on loopback, with a random password, ended with this process. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ContrailError } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import { findRedisServer, redisNotFound } from './find-redis-server.ts';
import { pingRedis } from './ping-redis.ts';
import { WATCHDOG } from './watchdog.ts';

/** Another process may take a free port before Redis does. */
const PORT_TRIES = 5;
const START_LIMIT_MS = 60_000;
const PING_PAUSE_MS = 25;
const STOP_LIMIT_MS = 10_000;

export interface PrivateRedisOptions {
  /** Folder for its data; default: a temporary folder that is removed at the end. */
  readonly folder?: string;
  /** Write every change to disk, so that the data survive a crash; default no. */
  readonly appendonly?: boolean;
  /** The program; default: the result of `findRedisServer`. */
  readonly program?: string;
  readonly clock: Clock;
}

export interface PrivateRedis {
  /** Includes the password: not for logs. */
  readonly url: string;
  readonly port: number;
  /** Ends Redis and resolves when it is gone. May be called twice. Optional: Redis ends with this process. */
  readonly stop: () => Promise<void>;
}

/**
 * Starts a Redis that nobody else can reach, and resolves when it answers. Throws REDIS_NOT_FOUND if there is no program,
 * REDIS_UNSUITABLE if it does not start. Ctrl-C does not reach Redis, so its owner can use it until the end.
 */
export async function startPrivateRedis(options: PrivateRedisOptions): Promise<PrivateRedis> {
  const program = options.program ?? (await findRedisServer());
  if (program === undefined) throw redisNotFound();
  for (let tries = 1; ; tries++) {
    const isTemporary = options.folder === undefined;
    const folder = isTemporary ? await mkdtemp(join(tmpdir(), 'contrail-redis-')) : resolve(options.folder);
    await mkdir(folder, { recursive: true });
    const port = await freePort();
    const { appendonly = false, clock } = options;
    const server = new Server({ program, folder, isTemporary, port, appendonly, clock });
    if (await server.answers()) return handleOf(server);
    await server.stop();
    if (tries < PORT_TRIES && /address already in use/i.test(server.output)) continue;
    const lastLine = server.output.trim().split('\n').at(-1) || 'it said nothing.';
    throw new ContrailError('REDIS_UNSUITABLE', `${program} does not start: ${lastLine}`, {
      subject: `starting Redis in ${folder}`,
      hint: 'Check that the folder can be written, and that no other Redis uses it.',
    });
  }
}

interface ServerOptions {
  readonly program: string;
  readonly folder: string;
  readonly isTemporary: boolean;
  readonly port: number;
  readonly appendonly: boolean;
  readonly clock: Clock;
}

/** Does not use `this`, so that its methods can be passed on. */
function handleOf(server: Server): PrivateRedis {
  return { url: server.url, port: server.port, stop: () => server.stop() };
}

class Server {
  readonly port: number;
  readonly url: string;
  readonly #password = randomBytes(24).toString('hex');
  readonly #clock: Clock;
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  #isOver = false;
  #stopped: Promise<void> | undefined;
  /** The end of its output, to show why it did not start. */
  output = '';

  constructor(options: ServerOptions) {
    this.port = options.port;
    this.#clock = options.clock;
    this.url = `redis://:${this.#password}@127.0.0.1:${this.port}/0`;
    this.#child = spawn('sh', ['-c', WATCHDOG, 'sh', options.program, options.isTemporary ? options.folder : ''], {
      // A process group of its own, because Ctrl-C goes to a whole group.
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
      cwd: options.folder,
    });
    this.#exited = once(this.#child, 'exit')
      .catch(() => {})
      .finally(() => (this.#isOver = true));
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.output = (this.output + chunk.toString()).slice(-4_000)));
    }
    // The shell may be gone before it has read everything.
    this.#child.stdin?.on('error', () => {});
    this.#child.stdin?.write(`${configOf(options, this.#password)}\nend\n`);
  }

  /** Whether it answers in time and before it ends. */
  async answers(): Promise<boolean> {
    for (let waited = 0; waited < START_LIMIT_MS && !this.#isOver; waited += PING_PAUSE_MS) {
      if (await pingRedis(this.port, this.#password)) return true;
      await this.#clock.sleep(PING_PAUSE_MS);
    }
    return false;
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    this.#child.stdin?.end();
    const { pid } = this.#child;
    const cancel = this.#clock.startTimer(STOP_LIMIT_MS, () => {
      if (pid !== undefined) process.kill(-pid, 'SIGKILL');
    });
    await this.#exited;
    cancel();
  }
}

function configOf({ folder, port, appendonly }: ServerOptions, password: string): string {
  return [
    'bind 127.0.0.1',
    `port ${port}`,
    `requirepass ${password}`,
    `dir ${JSON.stringify(folder)}`,
    'daemonize no',
    'maxmemory-policy noeviction',
    'save ""',
    `appendonly ${appendonly ? 'yes' : 'no'}`,
    'loglevel warning',
  ].join('\n');
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('the system gave no port');
  return address.port;
}
