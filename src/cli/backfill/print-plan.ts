/** Prints the plan of `backfill --dry-run`. */
import type { Pricing } from '../../domain/query-cost-price.ts';
import { type DueFile, nameOfFile, type ProductPlan } from '../../producer/product-plan.ts';
import { formatBytes, oneLine, plural, printJson, printResult } from '../output.ts';
import { warningsOf } from '../read-plan.ts';
import type { Estimate } from '../../app/estimate.ts';
import { countSkipped, lackingAsJson, skippedText } from './skipped-files.ts';

export interface PricedPlan {
  readonly plan: ProductPlan;
  readonly estimate: Estimate;
  readonly pricing: Pricing;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export function printPlanAsJson({ plan: wholePlan, estimate, pricing, now }: PricedPlan): void {
  const { bytes, totalBytes, usd } = estimate;
  const { due, skipped, refused } = wholePlan;
  const plan = due.map(({ product, experiment, period, reason, rows, table, ...file }) => ({
    product,
    experiment,
    period,
    reason,
    rows,
    bytes: file.bytes ?? (table === undefined ? undefined : bytes.get(table)),
  }));
  const price = { bytes: totalBytes, usdOnDemand: usd, priceMode: pricing.mode };
  printJson({
    planned: due.length,
    enqueued: 0,
    skipped: skipped.length,
    ...countSkipped(wholePlan),
    queued: 0,
    refused: refused.length,
    estimate: price,
    plan,
    lacking: lackingAsJson(wholePlan, now),
    warnings: warningsOf(wholePlan),
  });
}

export function printPlan({ plan, estimate, pricing }: PricedPlan): void {
  const { due } = plan;
  for (const file of due)
    printResult(`${file.reason.padEnd(8)} ${oneLine(`${nameOfFile(file)} ${sizeOf(file, estimate)}`)}`);
  if (estimate.totalBytes > 0) printResult(priceText(estimate, pricing));
  printResult(`${plural(due.length, 'file')} due, ${skippedText(plan)}; nothing was enqueued.`);
}

function sizeOf({ rows, table, ...file }: DueFile, { bytes }: Estimate): string {
  const size = file.bytes ?? (table === undefined ? undefined : bytes.get(table));
  const parts = [rows === undefined ? [] : plural(rows, 'row'), size === undefined ? [] : formatBytes(size)].flat();
  return parts.length > 0 ? `(${parts.join(', ')})` : '';
}

function priceText({ totalBytes, usd }: Estimate, { mode }: Pricing): string {
  const price = `The queries would read ${formatBytes(totalBytes)}: ${usd.toFixed(2)} USD at the list price for bytes read`;
  return mode === 'on_demand'
    ? `${price}.`
    : `${price}; this project pays by slot-hours, which are known only afterwards.`;
}
