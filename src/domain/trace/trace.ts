/**
 * The trace of an experiment: every result that its configuration promises, and where it was lost on the way to the
 * console (spec: today, section 4).
 */
import type { AnalysisPeriod } from '../analysis-period.ts';
import type { CellFate, CellKey, DueLoss, TraceCell } from './cell.ts';
import { dueWindows, isLeftToReruns } from './due-windows.ts';
import { expectedCells } from './expected-cells.ts';
import type { PublishedFile, TracedLog, TraceInputs, WindowTable } from './inputs.ts';
import { type Failures, failuresOf, firstErrors } from './log-match.ts';
import { cellId } from './statistics-row.ts';
import { uncomputed } from './step-computed.ts';
import { unpublished } from './step-published.ts';
import { viewOf } from './step-shown.ts';

/** The expected cells in their order, each with the first step that lost it. */
export function traceExperiment(inputs: TraceInputs): TraceCell[] {
  const logs = { failures: failuresOf(inputs), firstErrors: firstErrors(inputs) };
  const periods = new Map<AnalysisPeriod, TracedPeriod>();
  return expectedCells(inputs).map((key) => {
    const period = periods.get(key.period) ?? tracedPeriod(key.period, inputs);
    periods.set(key.period, period);
    return { ...key, window: period.window, ...fateOf(key, period, { ...inputs, ...logs }) };
  });
}

/** What all cells of a period share. */
interface TracedPeriod {
  /** The newest window that is due or has a table. */
  readonly window: number | null;
  /** Why its cells are lost before anything is computed; undefined if they are not. */
  readonly undue: DueLoss | undefined;
  readonly hasTables: boolean;
  /** The table of the window. */
  readonly table: WindowTable | undefined;
  readonly file: PublishedFile | undefined;
}

function tracedPeriod(period: AnalysisPeriod, inputs: TraceInputs): TracedPeriod {
  const tables = inputs.tables.filter((table) => table.period === period);
  const { newest, otherwise } = dueWindows(period, inputs);
  const window = tables.reduce<number | null>((largest, { window }) => Math.max(largest ?? window, window), newest);
  const needsRerun = tables.length === 0 && isLeftToReruns(period, inputs.experiment);
  const undue = window === null || needsRerun ? otherwise : undefined;
  const table = tables.find((table) => table.window === window);
  return { window, undue, hasTables: tables.length > 0, table, file: inputs.files.get(period) };
}

interface FateInputs extends TraceInputs {
  readonly failures: Failures;
  readonly firstErrors: ReadonlyMap<string, TracedLog>;
}

/** The first step that lost the cell, or how it is shown. */
function fateOf(key: CellKey, period: TracedPeriod, inputs: FateInputs): CellFate {
  const { window, undue, hasTables, table, file } = period;
  if (undue !== undefined) return undue;
  const id = cellId(key.metric, key.basis, key.segment);
  if (table === undefined || !table.cells.refused.has(id)) {
    return uncomputed(key, { window, table, hasTables, hasFile: file !== undefined, failures: inputs.failures });
  }
  const published = file?.cells.cells.get(id);
  return published?.windows.has(table.window) === true ? viewOf(key, published, inputs) : unpublished(id, table, file);
}
