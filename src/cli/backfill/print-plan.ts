/** Prints the plan of `backfill --dry-run`. */
import type { Pricing } from '../../domain/query-cost-price.ts';
import { type DueFile, nameOfFile, type ProductPlan } from '../../producer/product-plan.ts';
import { formatBytes, oneLine, plural, printJson, printResult } from '../output.ts';
import { warningsOf } from '../read-plan.ts';
import type { Estimate } from '../../app/estimate.ts';

export function printPlanAsJson(wholePlan: ProductPlan, { bytes, totalBytes, usd }: Estimate, pricing: Pricing): void {
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
    current: skipped.length,
    queued: 0,
    refused: refused.length,
    estimate: price,
    plan,
    warnings: warningsOf(wholePlan),
  });
}

export function printPlan({ due, skipped }: ProductPlan, estimate: Estimate, pricing: Pricing): void {
  for (const file of due)
    printResult(`${file.reason.padEnd(8)} ${oneLine(`${nameOfFile(file)} ${sizeOf(file, estimate)}`)}`);
  if (estimate.totalBytes > 0) printResult(priceText(estimate, pricing));
  printResult(`${plural(due.length, 'file')} due, ${skipped.length} current; nothing was enqueued.`);
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
