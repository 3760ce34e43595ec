/** How one export ended, as people and programs read it. */
import type { ContrailError } from '../domain/errors.ts';
import type { JobOutcome } from '../domain/outcome.ts';
import { formatBytes, plural, printResult, say } from './output.ts';
import { printable } from '../domain/terminal-text.ts';

/** A line for each thing to know: the result to stdout, doubts to stderr. `counted`: what the file has many of. */
export function printOutcome(outcome: JobOutcome, counted?: string): void {
  switch (outcome.kind) {
    case 'published':
    case 'unchanged': {
      const done = outcome.kind === 'published' ? 'published' : 'unchanged, the same bytes are published already:';
      const count = counted === undefined ? [] : [plural(outcome.rows, counted)];
      const facts = [...count, formatBytes(outcome.bytes), `${outcome.durationMs} ms`];
      printResult(`${done} ${outcome.location} (${facts.join(', ')})`);
      if (outcome.rejected > 0)
        say(`warning: left out ${plural(outcome.rejected, 'row')} that Experimenter would not take.`);
      if (outcome.dropped > 0)
        say(`warning: left out ${plural(outcome.dropped, 'row')} that Experimenter would not take beside the others.`);
      for (const warning of outcome.warnings) say(`warning: ${printable(warning.message)}`);
      return;
    }
    case 'written':
      printResult(`written to ${outcome.table} (${plural(outcome.rows, 'row')})`);
      return;
    case 'skipped':
    case 'superseded':
      if (outcome.kind === 'skipped' && outcome.warning !== undefined)
        say(`warning: ${printable(outcome.warning.message)}`);
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

/** The document of an export that failed, beside what was asked for. */
export function failureDocument(failure: ContrailError) {
  return {
    outcome: 'failed',
    code: failure.code,
    class: failure.failureClass,
    message: failure.message,
    ...(failure.hint === undefined ? {} : { hint: failure.hint }),
  };
}
