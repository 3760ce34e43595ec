/** Help texts and wrong usage. */
import { ContrailError, toContrailError } from '../domain/errors.ts';

/** Examples for the end of a help text. */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}\n`;
}

/** Reads an argument; turns any error into USAGE. */
export function ask<Value>(read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    const failure = toContrailError(error);
    throw new ContrailError('USAGE', failure.message, {
      cause: error,
      ...(failure.hint === undefined ? {} : { hint: failure.hint }),
    });
  }
}
