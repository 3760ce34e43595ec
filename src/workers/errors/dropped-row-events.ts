/** What is logged of rows that had to be left out of an errors file. */
import type { LogEvent } from '../../domain/log-record.ts';
import type { DroppedRow } from './errors-file.ts';

/** One ERROR for each kind of problem, so that a thousand rows with one fault are one line. */
export function droppedRowEvents(experiment: string, dropped: readonly DroppedRow[]): LogEvent[] {
  const counts = new Map<string, number>();
  for (const { problem } of dropped) counts.set(problem, (counts.get(problem) ?? 0) + 1);
  return [...counts].map(([problem, count]) => ({
    experiment,
    level: 'ERROR',
    message: `${count} ${count === 1 ? 'row was' : 'rows were'} left out of the errors file: ${problem}.`,
    exceptionType: 'ErrorRowRefusedException',
    at: { file: 'errors-file.ts', function: 'buildErrorsFile' },
  }));
}
