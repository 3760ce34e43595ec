/** The price of queries, from the settings. */
import type { Config } from '../../config/load-config.ts';
import type { Pricing } from '../../domain/query-cost-price.ts';

export function pricingOf(config: Config): Pricing {
  return {
    mode: config['pricing.mode'],
    usdPerSlotHour: config['pricing.usdPerSlotHour'],
    usdPerTiB: config['pricing.usdPerTib'],
  };
}
