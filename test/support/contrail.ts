/** The command line as users run it: a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const BIN = fileURLToPath(new URL('../../bin/contrail.js', import.meta.url));
const LONGEST_RUN_MS = 60_000;

export type Environment = Readonly<Record<string, string>>;

export interface ContrailRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly environment?: Environment;
  readonly cwd?: string;
  /** When it is killed; after a minute unless said otherwise. */
  readonly longestRunMs?: number;
}

/** A command that is under way. */
export interface RunningContrail {
  readonly child: ChildProcess;
  /** Resolves with the match when it has printed such text to stdout or stderr; rejects when it ends without. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  /** Resolves when it has ended. */
  readonly ended: Promise<ContrailRun>;
}

let folder: string | undefined;

/** One for all runs of a test file. */
function emptyFolder(): string {
  folder ??= mkdtempSync(join(tmpdir(), 'contrail-empty-'));
  return folder;
}

/** Starts a command; it is killed with the test. Variables of the test run's own environment stay outside. */
export function startContrail(arguments_: readonly string[], options: RunOptions = {}): RunningContrail {
  const child = spawn(process.execPath, [BIN, ...arguments_], {
    // Not the checkout, where a developer may keep an .env of their own.
    cwd: options.cwd ?? emptyFolder(),
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], NO_COLOR: '1', ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), options.longestRunMs ?? LONGEST_RUN_MS);
  let stdout = '';
  let stderr = '';
  const listeners = new Set<() => void>();
  const heard = (): void => listeners.forEach((listener) => listener());
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    heard();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
    heard();
  });
  const ended = once(child, 'close').then(([code]: (number | null)[]) => {
    clearTimeout(timer);
    return { code: code ?? null, stdout, stderr };
  });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return {
    child,
    ended,
    says: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const match = pattern.exec(stdout) ?? pattern.exec(stderr);
          if (match === null) return;
          listeners.delete(look);
          resolve(match);
        };
        listeners.add(look);
        look();
        void ended.then(() => reject(new Error(`it ended without saying ${pattern}:\n${stdout}\n${stderr}`)));
      }),
  };
}

/** Runs a command to its end. */
export function runContrail(arguments_: readonly string[], options: RunOptions = {}): Promise<ContrailRun> {
  return startContrail(arguments_, options).ended;
}
