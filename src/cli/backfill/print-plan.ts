/** Prints the plan of `backfill --dry-run`. */
import type { Pricing } from '../../domain/query-cost-price.ts';
import { type DueFile, nameOfFile, type ProductPlan } from '../../producer/product-plan.ts';
import type { LongestRun } from '../../app/runs/longest-runs.ts';
import { formatBytes } from '../../domain/byte-text.ts';
import { durationText, oneLine, plural, printJson, printResult } from '../output.ts';
import { warningsOf } from '../read-plan.ts';
import type { Estimate } from '../../app/estimate.ts';
import { countSkipped, lackingAsJson, skippedText } from './skipped-files.ts';

export interface PricedPlan {
  readonly plan: ProductPlan;
  readonly estimate: Estimate;
  readonly pricing: Pricing;
  /** The files that took longest when they were last made; undefined if earlier runs cannot be read. */
  readonly longest: readonly LongestRun[] | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export function printPlanAsJson({ plan: wholePlan, estimate, pricing, longest, now }: PricedPlan): void {
  const { due, skipped, refused } = wholePlan;
  const plan = due.map(({ product, experiment, period, reason, rows, table, ...file }) => ({
    product,
    experiment,
    period,
    reason,
    rows,
    bytes: file.bytes ?? (table === undefined ? undefined : estimate.bytes.get(table)),
  }));
  printJson({
    planned: due.length,
    enqueued: 0,
    skipped: skipped.length,
    ...countSkipped(wholePlan),
    queued: 0,
    refused: refused.length,
    estimate: estimateDocument(estimate, pricing),
    ...(longest === undefined ? {} : { longest: longest.map(longestDocument) }),
    plan,
    lacking: lackingAsJson(wholePlan, now),
    warnings: warningsOf(wholePlan),
  });
}

/** The estimate in the JSON document. */
export function estimateDocument({ totalBytes, billedBytes, usd, unknown }: Estimate, { mode }: Pricing) {
  return { bytes: totalBytes, billedBytes, usdOnDemand: usd, unknown, priceMode: mode };
}

export function printPlan({ plan, estimate, pricing, longest = [] }: PricedPlan): void {
  const { due } = plan;
  for (const file of due)
    printResult(`${file.reason.padEnd(8)} ${oneLine(`${nameOfFile(file)} ${sizeOf(file, estimate)}`)}`);
  if (estimate.totalBytes > 0) printResult(priceText(estimate, pricing));
  if (estimate.unknown > 0) printResult(unknownText(estimate));
  if (longest.length > 0) printResult(`The longest, by their last runs: ${longest.map(longestText).join(', ')}.`);
  printResult(`${plural(due.length, 'file')} due, ${skippedText(plan)}; nothing was enqueued.`);
}

function longestDocument({ file: { product, experiment, period }, durationMs, finishedAt }: LongestRun) {
  return { product, experiment, period, durationMs, finishedAt: new Date(finishedAt).toISOString() };
}

function longestText({ file, durationMs }: LongestRun): string {
  return `${oneLine(nameOfFile(file))} ${durationText(durationMs)}`;
}

function sizeOf({ rows, table, ...file }: DueFile, { bytes }: Estimate): string {
  const size = file.bytes ?? (table === undefined ? undefined : bytes.get(table));
  const parts = [rows === undefined ? [] : plural(rows, 'row'), size === undefined ? [] : formatBytes(size)].flat();
  return parts.length > 0 ? `(${parts.join(', ')})` : '';
}

function priceText({ totalBytes, usd }: Estimate, { mode }: Pricing): string {
  const price = `The queries would read ${formatBytes(totalBytes)}: at most ${usdText(usd)} at the on-demand price`;
  return mode === 'on_demand'
    ? `${price}.`
    : `${price}; this project pays by slot-hours, which are known only afterwards.`;
}

function unknownText({ unknown }: Estimate): string {
  return `The price leaves out ${plural(unknown, 'table')} whose size the warehouse cannot tell.`;
}

/** `0.0042 USD`, `12.50 USD` */
export function usdText(usd: number): string {
  return `${usd === 0 || usd >= 0.01 ? usd.toFixed(2) : usd.toPrecision(2)} USD`;
}
