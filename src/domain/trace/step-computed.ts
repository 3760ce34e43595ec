/** Why a cell that is due was not computed: the table of its window has no rows of it. */
import type { CellKey, ComputedLoss } from './cell.ts';
import type { WindowTable } from './inputs.ts';
import { type Failures, matchFailure } from './log-match.ts';
import { groupId } from './statistics-row.ts';

export interface ComputedInputs {
  /** The window that the cell should be in; null if that is not known. */
  readonly window: number | null;
  /** The table of that window. */
  readonly table: WindowTable | undefined;
  /** Whether there is a table of the period. */
  readonly hasTables: boolean;
  readonly hasFile: boolean;
  readonly failures: Failures;
}

/** The reason, for a cell without rows in the table. */
export function uncomputed(key: CellKey, inputs: ComputedInputs): ComputedLoss {
  const { window, table, hasTables, hasFile, failures } = inputs;
  if (!hasTables && hasFile) return { lost: 'computed', reason: 'source_gone' };
  const failure = matchFailure(key, window, failures);
  if (failure !== undefined) {
    const { exception_type, message } = failure.row;
    return { lost: 'computed', reason: `failed:${failure.category}`, exception_type, message };
  }
  if (table === undefined) return { lost: 'computed', reason: 'window_missing' };
  const hasNoClients = table.cells.clients.get(groupId(key.basis, key.segment)) === 0;
  return { lost: 'computed', reason: hasNoClients ? 'no_clients' : 'unexplained' };
}
