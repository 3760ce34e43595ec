/** Log rows about entries left out of an errors file. */
import type { LeftOut } from '../publish/content.ts';
import type { DroppedRow } from './errors-file.ts';

/** One per kind of problem, so that a thousand rows with the same problem make one. */
export function leftOutEntries(dropped: readonly DroppedRow[]): LeftOut[] {
  const counts = new Map<string, number>();
  for (const { problem } of dropped) counts.set(problem, (counts.get(problem) ?? 0) + 1);
  return [...counts].map(([problem, count]) => ({
    message: `${count} ${count === 1 ? 'row was' : 'rows were'} left out of the errors file: ${problem}.`,
    exceptionType: 'ErrorRowRefusedException',
  }));
}
