/** What commands print: results to stdout, messages to stderr. */
import { formatAge } from '../domain/age-text.ts';
import type { ContrailError } from '../domain/errors.ts';
import { aboveLine } from './terminal-line.ts';
import { printable, printableJson } from '../domain/terminal-text.ts';

/** When a reader such as `head` closes early, the command still ends normally and prints no more. */
export function endQuietlyWithReader(): void {
  for (const stream of [process.stdout, process.stderr]) {
    if (!stream.listeners('error').includes(ignoreClosedReader)) stream.on('error', ignoreClosedReader);
  }
}

function ignoreClosedReader(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

/** Prints a line of the result. */
export function printResult(line: string): void {
  aboveLine(() => process.stdout.write(`${line}\n`));
}

/** Prints one JSON document, the whole result of a command with `--json`. */
export function printJson(document: unknown): void {
  aboveLine(() => process.stdout.write(`${printableJson(JSON.stringify(document, undefined, 2))}\n`));
}

/** Prints a message. */
export function say(line: string): void {
  aboveLine(() => process.stderr.write(`${line}\n`));
}

/** Prints a failure without a stack trace. */
export function sayError(error: ContrailError): void {
  for (const line of error.sentence.split('\n')) say(`contrail: ${printable(line)}`);
}

/** The exit code of a failure: 2 for wrong usage or configuration, else 1. */
export function exitCodeOf(error: ContrailError): number {
  return error.failureClass === 'usage' ? 2 : 1;
}

const LONGEST_LINE = 240;

/** Untrusted text on one line, without control characters, cut if it is too long. */
export function oneLine(text: string): string {
  const line = printable(text.replace(/\s+/g, ' ').trim());
  return line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line;
}

/** `2520` → `2,520`. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** `240 ms`, `3.2 s`, `12 min` */
export function durationText(ms: number): string {
  if (ms < 1_000) return `${ms} ms`;
  return ms < 60_000 ? `${(ms / 1_000).toFixed(1)} s` : formatAge(ms);
}

/** `1 row`, `2 rows`. */
export function plural(count: number, word: string): string {
  return `${formatCount(count)} ${word}${count === 1 ? '' : 's'}`;
}
