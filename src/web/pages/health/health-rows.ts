/** Files by experiment, and their totals: computed once for each snapshot. */
import type { StateName } from '../../../domain/freshness/state-of-file.ts';
import { groupBy } from '../../../domain/group-by.ts';
import { columnIdOf, type ColumnId } from './health-columns.ts';
import { compareAttention, type HealthFile, isDue } from './health-file.ts';

export interface HealthRow {
  readonly experiment: string;
  readonly application: string | undefined;
  readonly files: ReadonlyMap<ColumnId, HealthFile>;
  /** Those of the files that need attention most come first. */
  readonly byAttention: readonly HealthFile[];
}

/** Files, not experiments. */
export interface HealthTotals {
  /** Without those of which nothing is expected. */
  readonly files: number;
  readonly notDue: number;
  readonly needYou: number;
  /** Each file in one state. */
  readonly byState: Readonly<Partial<Record<StateName, number>>>;
}

export function healthRows(files: readonly HealthFile[]): HealthRow[] {
  return [...groupBy(files, ({ file }) => file.experiment)].map(([experiment, own]) => ({
    experiment,
    application: own.find(({ application }) => application !== undefined)?.application,
    files: new Map(own.map((one) => [columnIdOf(one.file), one])),
    byAttention: own.toSorted(compareAttention),
  }));
}

export function healthTotals(files: readonly HealthFile[]): HealthTotals {
  const byState: Partial<Record<StateName, number>> = {};
  for (const { state } of files) byState[state] = (byState[state] ?? 0) + 1;
  const due = files.filter(isDue).length;
  return {
    files: due,
    notDue: files.length - due,
    needYou: files.filter(({ needsYou }) => needsYou).length,
    byState,
  };
}
