/** Problems of rows that are in an errors file anyway (spec: monitoring, section 2). */
import { hasNul } from '../../domain/nul-character.ts';
import type { Warning } from '../../domain/outcome.ts';
import type { ErrorLogRow } from '../../ports/experiment-logs.ts';
import { ErrorEntry } from './error-entry.ts';

/** A log row and its entry in the file. */
export interface WrittenRow {
  readonly row: ErrorLogRow;
  readonly entry: ErrorEntry;
}

/** The console files errors without a metric under this name, and so loses those of a metric with the same name. */
const NAME_OF_NO_METRIC = 'experiment';

const COLUMNS = Object.keys(ErrorEntry.shape);

/** One warning per kind of problem. */
export function entryWarnings(written: readonly WrittenRow[]): Warning[] {
  return [...nulWarnings(written), ...nameWarnings(written)];
}

function nulWarnings(written: readonly WrittenRow[]): Warning[] {
  const perRow = written.map(({ row }) => COLUMNS.filter((column) => holdsNul(row[column])));
  const count = perRow.filter((columns) => columns.length > 0).length;
  if (count === 0) return [];
  const found = new Set(perRow.flat());
  const columns = COLUMNS.filter((column) => found.has(column)).join(', ');
  const rows = count === 1 ? '1 error row contains' : `${count} error rows contain`;
  const message =
    `${rows} the character U+0000 (in ${columns}), which Experimenter cannot store. ` +
    'The errors file has U+FFFD (�) instead.';
  return [{ kind: 'nul', message }];
}

function holdsNul(value: unknown): boolean {
  return typeof value === 'string' && hasNul(value);
}

function nameWarnings(written: readonly WrittenRow[]): Warning[] {
  const count = written.filter(({ entry }) => entry.metric === NAME_OF_NO_METRIC).length;
  if (count === 0) return [];
  const rows = count === 1 ? '1 error concerns' : `${count} errors concern`;
  const message =
    `${rows} a metric named "${NAME_OF_NO_METRIC}". Experimenter uses that name for errors without a metric, ` +
    'so it does not show them.';
  return [{ kind: 'name', message }];
}
