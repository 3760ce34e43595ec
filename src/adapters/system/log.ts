/** Log lines on stderr: JSON for machines, one short line each on a terminal. */
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { printableJson } from '../../domain/terminal-text.ts';
import type { Log } from '../../ports/log.ts';

/** Writes lines; each call is one whole line. */
export interface LogTarget {
  readonly isTTY: boolean;
  write(line: string): void;
}

export interface LogOptions {
  readonly level: 'debug' | 'info' | 'warn';
  readonly target: LogTarget;
}

const LEVELS: Readonly<Record<number, string>> = { 20: 'debug', 30: 'info', 40: 'warn', 50: 'error' };

/** A log of that level. Field values are escaped, so that an event is one line and no text controls a terminal. */
export function createLog({ level, target }: LogOptions): Log {
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  return target.isTTY ? pino(options, forPeople(target)) : pino(options, forMachines(target));
}

/** JSON logs are read on terminals too. */
function forMachines(target: LogTarget): { write(line: string): void } {
  return {
    write: (line) => {
      target.write(printableJson(line));
    },
  };
}

/** `12:00:01 info  published experiment=my-slug period=weekly` for each line of JSON. */
function forPeople(target: LogTarget): Writable {
  return new Writable({
    decodeStrings: false,
    write(line: string | Buffer, _encoding, done) {
      const { time, level, msg, ...fields } = JSON.parse(String(line)) as Record<string, unknown>;
      const shown = Object.entries(fields).map(([key, value]) => `${key}=${plain(value)}`);
      const words = [String(time).slice(11, 19), (LEVELS[Number(level)] ?? '').padEnd(5), String(msg), ...shown];
      target.write(`${words.join(' ')}\n`);
      done();
    },
  });
}

function plain(value: unknown): string {
  const text = printableJson(JSON.stringify(value) ?? 'undefined');
  return /^"[\w.:/@+-]*"$/.test(text) ? text.slice(1, -1) : text;
}
