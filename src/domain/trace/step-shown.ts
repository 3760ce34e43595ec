/** Whether the console shows a cell that is published (spec: pages, C1, C4, C5 and C13). */
import { isReadPeriod, type ReadPeriod } from '../console-rules.ts';
import type { CellKey, CellView, NotLost, ShownLoss } from './cell.ts';
import { DAILY_ACTIVE_USERS, drawnStatistic } from './drawn-statistic.ts';
import type { FileCell } from './file-cells.ts';
import type { FirstWindow } from './first-window.ts';
import type { TracedLog, TraceInputs } from './inputs.ts';
import { groupId } from './statistics-row.ts';
import { usedWindow } from './travel.ts';

/** The console's cards show the first of these with rows. */
const CARD_PERIODS: readonly ReadPeriod[] = ['overall', 'weekly', 'daily'];

export type ShownInputs = Pick<TraceInputs, 'experiment' | 'primaryMetrics' | 'files' | 'rules'> & {
  /** By metric. */
  readonly firstErrors: ReadonlyMap<string, TracedLog>;
};

/** How the console shows the cell, or why it does not. */
export function viewOf(key: CellKey, cell: FileCell, inputs: ShownInputs): ShownLoss | NotLost {
  if (!isReadPeriod(key.period)) return { lost: 'shown', reason: 'period_not_read' };
  const statistic = drawnStatistic(key.metric, cell.statistics, inputs);
  const first = statistic === undefined ? undefined : cell.statistics.get(statistic);
  if (first === undefined) {
    return { lost: 'shown', reason: 'statistic_not_drawn', statistics: [...cell.statistics.keys()].sort() };
  }
  const used = usedWindow(key.period, key.metric, inputs.rules);
  if (used !== undefined && !cell.windows.has(used)) return { lost: 'shown', reason: 'retention_window' };
  const view = cardOrDetail(key, inputs);
  return unavailable(key, first, inputs, view) ?? { view, lost: null };
}

/** Whether the console says "Metric unavailable". It never does for the client counts. */
function unavailable(key: CellKey, first: FirstWindow, inputs: ShownInputs, view: CellView): ShownLoss | undefined {
  if (key.metric === inputs.rules.clientsMetric) return undefined;
  const error = inputs.firstErrors.get(key.metric);
  const exceptionType =
    error?.analysis_basis === key.basis && error.segment === key.segment ? error.exception_type : null;
  if (exceptionType !== null) return { view, lost: 'shown', reason: 'error_first', exception_type: exceptionType };
  const branch = branchWithoutBounds(key, first, inputs);
  return branch === undefined ? undefined : { view, lost: 'shown', reason: 'bounds', branch };
}

/** The first branch whose value, or uplift against the reference, has no bounds. */
export function branchWithoutBounds(
  { metric }: Pick<CellKey, 'metric'>,
  first: FirstWindow,
  { experiment }: { readonly experiment: Pick<ShownInputs['experiment'], 'branches' | 'referenceBranch'> },
): string | undefined {
  const { branches, referenceBranch } = experiment;
  return branches
    .filter((branch) => branch !== referenceBranch)
    .find((branch) => {
      const hasValue = metric === DAILY_ACTIVE_USERS || first.hasAbsolute(branch);
      return !hasValue || !first.hasUplift(branch, referenceBranch);
    });
}

function cardOrDetail({ period, basis, segment }: CellKey, { files }: ShownInputs): CellView {
  const group = groupId(basis, segment);
  const onCards = CARD_PERIODS.find((candidate) => files.get(candidate)?.cells.groups.has(group) === true);
  return onCards === period ? 'card' : 'detail';
}
