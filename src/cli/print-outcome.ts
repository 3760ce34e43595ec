/** Prints the outcome of one export, for people or as JSON. */
import type { ContrailError } from '../domain/errors.ts';
import type { JobOutcome } from '../domain/outcome.ts';
import { formatBytes } from '../domain/byte-text.ts';
import { plural, printResult, say } from './output.ts';
import { printable } from '../domain/terminal-text.ts';

/** The result goes to stdout, warnings to stderr. `counted`: what the rows of the file are called. */
export function printOutcome(outcome: JobOutcome, counted?: string): void {
  switch (outcome.kind) {
    case 'published':
    case 'unchanged': {
      const done = outcome.kind === 'published' ? 'published' : 'unchanged, the same bytes were published before:';
      const count = counted === undefined ? [] : [plural(outcome.rows, counted)];
      const facts = [...count, formatBytes(outcome.bytes), `${outcome.durationMs} ms`];
      printResult(`${done} ${outcome.location} (${facts.join(', ')})`);
      if (outcome.rejected > 0)
        say(`warning: left out ${plural(outcome.rejected, 'row')} that Experimenter would reject.`);
      if (outcome.dropped > 0)
        say(
          `warning: left out ${plural(outcome.dropped, 'row')} that Experimenter would reject together with the others.`,
        );
      for (const warning of outcome.warnings) say(`warning: ${printable(warning.message)}`);
      return;
    }
    case 'written':
      printResult(`written to ${outcome.table} (${plural(outcome.rows, 'row')})`);
      return;
    case 'skipped':
    case 'superseded':
      printResult(
        `${outcome.kind}: ${outcome.reason}${outcome.location === undefined ? '' : ` (${outcome.location})`}`,
      );
      return;
    case 'snoozed':
      printResult(`snoozed: ${outcome.reason}`);
      return;
    case 'divided':
    case 'part':
      printResult(outcome.kind);
  }
}

/** The JSON document of a failed export. */
export function failureDocument(failure: ContrailError) {
  return {
    outcome: 'failed',
    code: failure.code,
    class: failure.failureClass,
    message: failure.message,
    ...(failure.hint === undefined ? {} : { hint: failure.hint }),
  };
}
