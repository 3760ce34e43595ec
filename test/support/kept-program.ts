/** A program for tests, with a shell beside it that ends it when the test process is gone, killed or not. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

const START_LIMIT_MS = 60_000;
const ASK_PAUSE_MS = 25;

/**
 * Arguments: the folder to remove at the end, then the program and its own. Its input stays open as long as the program
 * is wanted.
 */
export const KEEPER = `
folder="$1"; shift
exec 3<&0
"$@" 3<&- </dev/null &
program=$!
# Whoever read what this shell says may be gone, and saying it then would end the shell before its work.
exec >/dev/null 2>&1
(
  cat <&3 >/dev/null
  kill -TERM "$program" 2>/dev/null
  tries=0
  while kill -0 "$program" 2>/dev/null && [ "$tries" -lt 20 ]; do sleep 0.1; tries=$((tries + 1)); done
  kill -KILL "$program" 2>/dev/null
) &
keeper=$!
wait "$program"
code=$?
exec 3<&-
kill "$keeper" 2>/dev/null
rm -rf "$folder"
exit "$code"
`;

export class KeptProgram {
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  #isOver = false;
  /** The end of what it has printed, to tell why it did not start. */
  output = '';

  /** Starts it in that folder, which is removed at the end. */
  constructor(folder: string, command: readonly string[]) {
    this.#child = spawn('sh', ['-c', KEEPER, 'sh', folder, ...command], {
      // A process group of its own: Ctrl-C goes to all of a group at once.
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
      cwd: folder,
    });
    this.#exited = once(this.#child, 'exit').finally(() => (this.#isOver = true));
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.output = (this.output + chunk.toString()).slice(-4_000)));
    }
    this.#child.stdin?.on('error', () => {});
  }

  /** Whether that URL answers before the program ends or the time is over. */
  async answers(url: string): Promise<boolean> {
    for (let waited = 0; waited < START_LIMIT_MS && !this.#isOver; waited += ASK_PAUSE_MS) {
      const isUp = await fetch(url).then(
        (reply) => reply.text().then(() => reply.ok),
        () => false,
      );
      if (isUp) return true;
      await sleep(ASK_PAUSE_MS);
    }
    return false;
  }

  /** Ends it and resolves when it is gone. May be called twice. */
  async stop(): Promise<void> {
    this.#child.stdin?.end();
    await this.#exited;
  }
}
