/** Processes that a question needs beside its own: servers that print their addresses, and work that is measured. */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** What a measured process tells at its end. */
export interface Measured {
  readonly seconds: number;
  /** The most memory that the process ever had, in MiB. */
  readonly peakRssMib: number;
}

/** A program that goes on until it is stopped. */
export interface RunningProgram {
  readonly child: ChildProcess;
  /** Ends it and waits for its end. May be called twice. */
  readonly stop: () => Promise<void>;
}

/** Sends a task to a module of this folder's neighbours and waits for its answer. */
export async function measure<Result extends Measured>(module: URL, task: object): Promise<Result> {
  const child = fork(fileURLToPath(module), { serialization: 'advanced', stdio: ['ignore', 2, 2, 'ipc'] });
  try {
    child.send(task);
    const [answer] = (await Promise.race([
      once(child, 'message'),
      once(child, 'exit').then(([code]) => {
        throw new Error(`${module.pathname} ended with exit code ${String(code)}`);
      }),
    ])) as [Result | { readonly problem: string }];
    if ('problem' in answer) throw new Error(answer.problem);
    return answer;
  } finally {
    child.kill('SIGKILL');
  }
}

/**
 * The other side of `measure`: prepares the task it is sent, does it, and answers with how long it took. Loading
 * modules and connecting is preparation: a worker does it once for all its jobs.
 */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller says what it is sent
export function answerTask<Task, Facts extends object>(prepare: (task: Task) => Promise<() => Promise<Facts>>): void {
  process.once('message', (task: Task) => {
    timed(prepare, task).then(
      (measured) => process.send?.(measured),
      (error: unknown) =>
        process.send?.({ problem: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
  });
}

// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- as above
async function timed<Task, Facts extends object>(
  prepare: (task: Task) => Promise<() => Promise<Facts>>,
  task: Task,
): Promise<Measured & Facts> {
  const work = await prepare(task);
  const before = process.hrtime.bigint();
  const facts = await work();
  const seconds = Number(process.hrtime.bigint() - before) / 1e9;
  return { seconds, peakRssMib: process.resourceUsage().maxRSS / 1024, ...facts };
}

/** Starts a Node program that prints one line of JSON when it is ready, and ends with its input. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller says what it prints
export async function startNode<Line>(
  module: URL,
  argument: object,
): Promise<RunningProgram & { readonly line: Line }> {
  const child = spawn(process.execPath, [fileURLToPath(module), JSON.stringify(argument)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const program = runningProgram(child);
  const lines = createInterface({ input: child.stdout });
  const [text] = (await Promise.race([
    once(lines, 'line'),
    once(child, 'exit').then(() => {
      throw new Error(`${module.pathname} did not start`);
    }),
  ])) as [string];
  return { ...program, line: JSON.parse(text) as Line };
}

/** A program that was started, to be stopped by its id. */
export function runningProgram(child: ChildProcess): RunningProgram {
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  return {
    child,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      const timer = setTimeout(kill, 5_000);
      await ended;
      clearTimeout(timer);
      process.removeListener('exit', kill);
    },
  };
}
