/** What became of each file of the tables of `contrail notify`. */
import type { ChangedTables } from '../../app/notify/enqueue-changed-tables.ts';
import { nameOfFile, type ProductFile } from '../../producer/product-plan.ts';
import { oneLine } from '../output.ts';

export interface FileState extends ProductFile {
  readonly state: 'enqueued' | 'waiting' | 'current' | 'gone' | 'rebuilding' | 'refused';
  /** Why it is not enqueued. */
  readonly reason?: string;
}

export function fileStates({ plan, report }: Pick<ChangedTables, 'plan' | 'report'>): FileState[] {
  return [
    ...report.enqueued.map(({ due }) => stateOf(due, 'enqueued')),
    ...report.skipped.map(({ due, reason }) => stateOf(due, 'waiting', reason)),
    ...plan.skipped.map((file) => stateOf(file, file.lacking?.kind ?? 'current', file.reason)),
    ...plan.refused.map((file) => stateOf(file, 'refused', file.error.sentence)),
  ];
}

/** Tab-separated when piped. */
export function stateLine(file: FileState, isTerminal: boolean = process.stdout.isTTY): string {
  const name = oneLine(nameOfFile(file));
  const hasReason = file.reason !== undefined && file.reason !== file.state;
  const reason = hasReason ? oneLine(file.reason ?? '') : '';
  if (!isTerminal) return [file.state, name, reason].join('\t');
  return `${name}: ${file.state}${hasReason ? ` (${reason})` : ''}`;
}

function stateOf({ product, experiment, period }: ProductFile, state: FileState['state'], reason?: string): FileState {
  return {
    product,
    experiment,
    ...(period === undefined ? {} : { period }),
    state,
    ...(reason === undefined ? {} : { reason }),
  };
}
