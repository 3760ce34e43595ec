/** `contrail cost`: what a day cost, and who caused it. */
import { pricingOf } from '../../app/compose/pricing.ts';
import { clockOf, wire } from '../../app/compose/wire.ts';
import { readCostReport } from '../../app/cost/read-cost-report.ts';
import { loadConfig } from '../../config/load-config.ts';
import { dayOf, MS_PER_DAY } from '../../domain/utc-time.ts';
import { costNotes } from '../cost/cost-notes.ts';
import { type CostOptions, dayAsked, groupingOf } from '../cost/options.ts';
import { printCost, printCostAsJson } from '../cost/print-cost.ts';
import { ask } from '../help.ts';
import { logOf } from '../log.ts';
import { withRunSources } from '../runs/open-run-sources.ts';
import { abortOnSignals } from '../signals.ts';

export async function cost(options: CostOptions): Promise<void> {
  const by = ask(() => groupingOf(options));
  const config = loadConfig(['warehouse', 'bucket']);
  const now = clockOf(config).now();
  const day = ask(() => dayAsked(options, now));
  const adapters = await wire(config, { createWarehouse: false, log: logOf(config) });
  const { signal, release } = abortOnSignals();
  try {
    const { reader, sums, source } = adapters;
    // Runs of earlier days are in the warehouse.
    const isRecent = day === undefined || day >= dayOf(now - MS_PER_DAY);
    const read = (sources: Pick<Parameters<typeof readCostReport>[0], 'stage'>) =>
      readCostReport({ ...sources, reader, sums, source }, { day, now }, signal);
    const report = isRecent ? await withRunSources(config, reader, read) : await read({});
    const notes = costNotes(report, { now, dailyAfterMs: config['schedule.dailyAfter'] });
    const print = options.json ? printCostAsJson : printCost;
    print({ report, by, pricing: pricingOf(config), notes });
  } finally {
    release();
    await adapters.close();
  }
}
