/** Another process that works on a store's folder, seen from the test. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const SCRIPT = fileURLToPath(new URL('../../support/store-child.mjs', import.meta.url));

export interface StoreProcess {
  readonly pid: number;
  /** Sends a command and gives its result, or throws its failure. Never settles if the process dies. */
  ask<T = unknown>(command: string, options?: Record<string, unknown>): Promise<T>;
  /** Resolves when the process reports that event. */
  reported(event: string): Promise<void>;
  /** Resolves when the process has ended; `kill` ends it without a warning first. */
  ended(): Promise<void>;
  kill(): Promise<void>;
}

/** What a command of the other process failed with. */
export class ProcessFailure extends Error {
  readonly code: string;

  constructor(failure: { code: string; text: string }) {
    super(failure.text);
    this.code = failure.code;
  }
}

interface Message {
  readonly id?: number;
  readonly event?: string;
  readonly result?: unknown;
  readonly failure?: { code: string; text: string };
}

/** Starts a process with a store on that folder; `limits` is what the shell sets before it, as in `ulimit -f 64`. */
export async function startStoreProcess(root: string, limits = 'true'): Promise<StoreProcess> {
  const child = spawn('bash', ['-c', `${limits}; exec "$0" "$@"`, process.execPath, SCRIPT, root], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit');
  onTestFinished(() => void child.kill('SIGKILL'));
  const handle = storeProcess(child, exited);
  await handle.reported('ready');
  return handle;
}

function storeProcess(child: ChildProcess, exited: Promise<unknown>): StoreProcess {
  const messages: Message[] = [];
  let asked = 0;
  const wait = (matches: (message: Message) => boolean) =>
    new Promise<Message>((resolve) => {
      const look = (): void => {
        const found = messages.find(matches);
        if (found === undefined) return;
        messages.splice(messages.indexOf(found), 1);
        child.off('look', look);
        resolve(found);
      };
      child.on('look', look);
      look();
    });
  child.on('message', (message: Message) => {
    messages.push(message);
    child.emit('look');
  });
  return {
    pid: child.pid ?? 0,
    async ask<T>(command: string, options = {}) {
      const id = ++asked;
      child.send({ id, command, ...options });
      const { result, failure } = await wait((message) => message.id === id);
      if (failure !== undefined) throw new ProcessFailure(failure);
      return result as T;
    },
    async reported(event) {
      await wait((message) => message.event === event);
    },
    async ended() {
      await exited;
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
