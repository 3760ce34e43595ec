/** Lost results that share period, step and reason, so that each reason is told once. */
import type { AnalysisPeriod } from '../analysis-period.ts';
import { groupBy } from '../group-by.ts';
import type { TraceCell } from './cell.ts';
import { isLost, type LostCell, type ReasonFacts, reasonText } from './reason-text.ts';

export interface LostGroup {
  readonly period: AnalysisPeriod;
  readonly window: number | null;
  readonly lost: LostCell['lost'];
  readonly why: string;
  readonly next: string;
  /** Names of the metrics, with basis and segments if only some of a metric's results are lost here. */
  readonly metrics: readonly string[];
  /** In the order of the trace. */
  readonly cells: readonly LostCell[];
}

/** In the order of the cells. If a whole period is lost in one group, that is `all 12 metrics`. */
export function lostGroups(cells: readonly TraceCell[], facts: ReasonFacts): LostGroup[] {
  const groups = new Map<string, { readonly text: Omit<LostGroup, 'metrics' | 'cells'>; readonly cells: LostCell[] }>();
  for (const cell of cells.filter(isLost)) {
    const { period, window, lost } = cell;
    const text = { period, window, lost, ...reasonText(cell, facts) };
    const key = JSON.stringify(text);
    const group = groups.get(key) ?? { text, cells: [] };
    groups.set(key, group);
    group.cells.push(cell);
  }
  return [...groups.values()].map(({ text, cells: lost }) => ({
    ...text,
    cells: lost,
    metrics: metricsOf(
      lost,
      cells.filter(({ period }) => period === text.period),
    ),
  }));
}

function metricsOf(lost: readonly LostCell[], ofPeriod: readonly TraceCell[]): string[] {
  const byMetric = groupBy(lost, ({ metric }) => metric);
  if (lost.length === ofPeriod.length && byMetric.size > 1) return [`all ${byMetric.size} metrics`];
  return [...byMetric].map(([metric, cells]) => {
    const all = ofPeriod.filter((cell) => cell.metric === metric);
    return cells.length === all.length ? metric : `${metric} (${partsOf(cells)})`;
  });
}

/** `exposures: all, new_users` */
function partsOf(cells: readonly LostCell[]): string {
  return [...groupBy(cells, ({ basis }) => basis)]
    .map(([basis, ofBasis]) => `${basis}: ${ofBasis.map(({ segment }) => segment).join(', ')}`)
    .join('; ');
}
