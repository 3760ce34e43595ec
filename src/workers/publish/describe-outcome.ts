/** The outcome as a line in the job's log on the board. */
import type { JobOutcome } from '../../domain/outcome.ts';

export function describeOutcome(outcome: JobOutcome): string {
  switch (outcome.kind) {
    case 'published':
    case 'unchanged':
      return [
        `${outcome.kind} ${outcome.object}: ${outcome.rows} rows, ${outcome.bytes} bytes, ${outcome.durationMs} ms,`,
        `${outcome.rejected + outcome.dropped} left out, ${outcome.duplicates} duplicates`,
      ].join(' ');
    case 'written':
      return `written to ${outcome.table}: ${outcome.rows} rows, ${outcome.rejected} left out`;
    case 'skipped':
      return `nothing to do: ${outcome.reason}`;
    case 'superseded':
    case 'snoozed':
      return `${outcome.kind}: ${outcome.reason}`;
    case 'divided':
      return `divided into ${outcome.parts.length} parts`;
    case 'part':
      return outcome.kind;
  }
}
