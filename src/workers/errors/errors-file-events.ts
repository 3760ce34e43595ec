/** What is logged of an errors file: rows that had to be left out, and oddities of those in it. */
import type { LogEvent } from '../../domain/log-record.ts';
import type { Warning } from '../../domain/outcome.ts';
import type { DroppedRow } from './errors-file.ts';

const AT = { file: 'errors-file.ts', function: 'buildErrorsFile' } as const;

/** One ERROR for each kind of problem, so that a thousand rows with one fault are one line. */
export function droppedRowEvents(experiment: string, dropped: readonly DroppedRow[]): LogEvent[] {
  const counts = new Map<string, number>();
  for (const { problem } of dropped) counts.set(problem, (counts.get(problem) ?? 0) + 1);
  return [...counts].map(([problem, count]) => ({
    experiment,
    level: 'ERROR',
    message: `${count} ${count === 1 ? 'row was' : 'rows were'} left out of the errors file: ${problem}.`,
    exceptionType: 'ErrorRowRefusedException',
    at: AT,
  }));
}

/** A WARNING for each oddity. */
export function warningEvents(experiment: string, warnings: readonly Warning[]): LogEvent[] {
  return warnings.map(({ message }) => ({ experiment, level: 'WARNING', message, at: AT }));
}
