/** Asks before something that is hard to undo, where somebody can answer. */
import { createInterface } from 'node:readline/promises';

/** Whether somebody sits at a terminal who can answer. */
export function canAsk(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY;
}

/** Only `y` and `yes` agree; Enter, the end of input and an abort do not. */
export async function confirmed(question: string, signal: AbortSignal): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const ended = new Promise<string>((resolve) => terminal.once('close', () => resolve('')));
    const answer = await Promise.race([terminal.question(`${question} [y/N] `, { signal }).catch(() => ''), ended]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}
