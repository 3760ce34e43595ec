/** `contrail runs`: what ran, how it ended, and why. */
import { clockOf, wire } from '../../app/compose/wire.ts';
import { readRuns } from '../../app/runs/read-runs.ts';
import { selectRuns } from '../../app/runs/select-runs.ts';
import { loadConfig } from '../../config/load-config.ts';
import { ask } from '../help.ts';
import { logOf } from '../log.ts';
import { plural, say } from '../output.ts';
import { withRunSources } from '../runs/open-run-sources.ts';
import { type RunsOptions, runsRequestOf } from '../runs/options.ts';
import { printRuns, printRunsAsJson } from '../runs/print-runs.ts';
import { abortOnSignals } from '../signals.ts';

export async function runs(slugs: readonly string[], options: RunsOptions): Promise<void> {
  const config = loadConfig(['warehouse', 'bucket']);
  const { selection, since, limit } = ask(() => runsRequestOf(slugs, options, clockOf(config).now()));
  const adapters = await wire(config, { createWarehouse: false, log: logOf(config) });
  const { signal, release } = abortOnSignals();
  try {
    const read = await withRunSources(config, adapters.reader, (sources) => readRuns(sources, since, signal));
    const selected = selectRuns(read.runs, selection);
    const printed = { runs: selected.slice(0, limit), total: selected.length, isCut: read.isCut };
    if (options.json) return printRunsAsJson(printed);
    printRuns(printed, adapters.clock.now());
    const hidden = selected.length - printed.runs.length;
    if (hidden > 0) say(`${plural(hidden, 'older run')} not listed. More: --limit ${selected.length}.`);
    if (selected.length === 0) say(`No such run since ${new Date(since).toISOString()}.`);
    if (read.isCut) say('Only the newest runs were looked at; choose a later --since for the rest.');
  } finally {
    release();
    await adapters.close();
  }
}
