/** Refuses a backfill that may cost more than somebody wants to pay. */
import type { Estimate } from '../../app/estimate.ts';
import { ContrailError } from '../../domain/errors.ts';
import { plural } from '../output.ts';
import { usdText } from './print-plan.ts';

/** Throws COST_ABOVE_LIMIT if the price is above the limit, or cannot be told. */
export function checkCost({ usd, unknown }: Estimate, maxUsd: number): void {
  if (usd > maxUsd) {
    throw new ContrailError(
      'COST_ABOVE_LIMIT',
      `This backfill may cost up to ${usdText(usd)} at the on-demand price, above the limit of ${usdText(maxUsd)}. Nothing was enqueued.`,
      { hint: 'Raise --max-cost, or select less.' },
    );
  }
  if (unknown > 0) {
    throw new ContrailError(
      'COST_ABOVE_LIMIT',
      `The warehouse cannot tell the size of ${plural(unknown, 'table')}, so the price is not known. Nothing was enqueued.`,
      { hint: 'Run it without --max-cost, or select other files.' },
    );
  }
}
