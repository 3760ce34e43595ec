/** Prints what a day cost: a short table for people, all columns for programs. */
import { addCosts, type Cost, type CostKind } from '../../app/cost/cost.ts';
import { type CostGroup, type CostGrouping, groupCosts } from '../../app/cost/group-costs.ts';
import type { CostReport } from '../../app/cost/read-cost-report.ts';
import type { Pricing } from '../../domain/query-cost-price.ts';
import { MS_PER_HOUR } from '../../domain/utc-time.ts';
import { usdText } from '../backfill/print-plan.ts';
import { columnLines } from '../columns.ts';
import { formatBytes } from '../../domain/byte-text.ts';
import { formatCount, plural, printJson, printResult, say } from '../output.ts';

export interface PrintedCost {
  readonly report: CostReport;
  readonly by: CostGrouping;
  readonly pricing: Pricing;
  readonly notes: readonly string[];
}

/** Who caused the most; the rest is counted. */
const MOST_ON_TERMINAL = 20;
const KIND_NAMES: Readonly<Record<CostKind, string>> = { analysis: 'analysis', contrail: "Contrail's own" };

export function printCost({ report, by, pricing, notes }: PrintedCost): void {
  const groups = groupCosts(report.entries, by, report.experiments);
  const isTerminal = process.stdout.isTTY;
  // Piped, stdout has the rows and nothing else.
  for (const line of headlines(report, pricing)) (isTerminal ? printResult : say)(line);
  for (const note of notes) say(note);
  const rows = isTerminal
    ? groups.slice(0, MOST_ON_TERMINAL).map((group) => cellsOf(group, by))
    : groups.map((group) => columnsOf(group));
  for (const line of columnLines(rows)) printResult(line);
  const hidden = groups.length - rows.length;
  if (hidden > 0) say(`${plural(hidden, 'more line')}: --json has all of them.`);
}

function headlines({ day, entries, month }: CostReport, pricing: Pricing): string[] {
  const total = addCosts(entries);
  const ofMonth = month.costs.analysis.usd + month.costs.contrail.usd;
  const without = month.daysWithoutAnalysis.length;
  const lacking = without === 0 ? '' : ` (${plural(without, 'day')} without analysis costs)`;
  const size = `${formatCount(total.queries)} ${total.queries === 1 ? 'query' : 'queries'}, ${formatBytes(total.bytes)}`;
  return [
    `${day}: ${usdText(total.usd)}, ${size}. ${month.from} to ${month.to}: ${usdText(ofMonth)}${lacking}.`,
    `List prices: ${priceText(pricing)}.`,
  ];
}

function priceText({ mode, usdPerSlotHour, usdPerTiB }: Pricing): string {
  return mode === 'editions'
    ? `${usdPerSlotHour} USD per slot-hour (editions)`
    : `${usdPerTiB} USD per TiB (on demand)`;
}

function cellsOf({ name, usd, share, queries, bytes, usdByKind }: CostGroup, by: CostGrouping): string[] {
  const kind = by === 'kind' || usdByKind.contrail === 0 ? '' : `Contrail's own: ${usdText(usdByKind.contrail)}`;
  return [
    nameText(name, by),
    usdText(usd),
    `${Math.round(share * 100)} %`,
    `${formatCount(queries)} ${queries === 1 ? 'query' : 'queries'}`,
    formatBytes(bytes),
    kind,
  ];
}

function nameText(name: string | undefined, by: CostGrouping): string {
  if (by !== 'kind') return name ?? '(no experiment)';
  return name === 'contrail' ? KIND_NAMES.contrail : KIND_NAMES.analysis;
}

/** The columns of the piped table, in this order; documented in the help. */
function columnsOf({ name, usd, share, queries, bytes, slotMs, usdByKind }: CostGroup): string[] {
  const numbers = [usd, share, queries, bytes, slotMs, usdByKind.analysis, usdByKind.contrail];
  return [name ?? '', ...numbers.map(String)];
}

export function printCostAsJson({ report, by, pricing, notes }: PrintedCost): void {
  const { day, isComplete, analysis, entries, month } = report;
  const ofKind = (kind: CostKind) => addCosts(entries.filter((entry) => entry.kind === kind));
  const { costs, ...days } = month;
  printJson({
    date: day,
    isComplete,
    by,
    total: documentOf(addCosts(entries)),
    kinds: { analysis: documentOf(ofKind('analysis')), contrail: documentOf(ofKind('contrail')) },
    analysisImport: analysis,
    month: {
      ...days,
      usd: costs.analysis.usd + costs.contrail.usd,
      analysis: documentOf(costs.analysis),
      contrail: documentOf(costs.contrail),
    },
    pricing,
    groups: groupCosts(entries, by, report.experiments).map(({ name, share, usdByKind, ...cost }) => ({
      name: name ?? null,
      ...documentOf(cost),
      share,
      usdByKind,
    })),
    notes,
  });
}

function documentOf({ usd, queries, bytes, slotMs }: Cost) {
  return { usd, queries, bytes, slotHours: slotMs / MS_PER_HOUR };
}
