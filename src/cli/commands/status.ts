/** `contrail status`: which files have problems, which are on their way, and what the queues are doing. */
import { loadConfig } from '../../config/load-config.ts';
import { ContrailError, toContrailError } from '../../domain/errors.ts';
import type { MonitoringReader } from '../../ports/monitoring-reader.ts';
import { fileStates } from '../../producer/file-states.ts';
import { checkRedis } from '../../queue/bullmq/check-redis.ts';
import { ask } from '../help.ts';
import { logOf } from '../log.ts';
import { oneLine, plural, printJson, printResult, say } from '../output.ts';
import { readPlan, sayWarnings, warningsOf } from '../read-plan.ts';
import { printRefusedRecords, refusedRecords } from '../refused-records.ts';
import { abortOnSignals } from '../signals.ts';
import { filterOf, isAlarming, type StatusOptions } from '../status/options.ts';
import { fileLines, printQueues, printTotals, problemsFirst, queueStates, totalsOf } from '../status/print-status.ts';
import { openQueue, wire } from '../../app/compose/wire.ts';

export async function status(slug: string | undefined, options: StatusOptions): Promise<void> {
  const filter = ask(() => filterOf(options));
  const config = loadConfig(['warehouse', 'bucket']);
  const adapters = await wire(config, { createWarehouse: false, log: logOf(config) });
  const { signal, release } = abortOnSignals();
  const queue = await openQueue(config);
  try {
    const experiments = slug === undefined ? [] : [slug];
    const selection = { experiments, periods: [], apps: [], force: false, products: filter.products };
    const plan = await readPlan(adapters, config, { selection, signal });
    sayWarnings(plan);
    // Freshness is worth showing also while Redis is away; that it is away is said, and is the exit code.
    const trouble = await checkRedis(config.redis.reveal()).then(() => undefined, toContrailError);
    const history = { reader: tolerantReader(adapters.reader), now: adapters.clock.now() };
    const sources = { queue: trouble === undefined ? queue : undefined, history };
    const files = problemsFirst(await fileStates(plan, sources, signal));
    const queues = trouble === undefined ? await queueStates(queue) : undefined;
    const refused = trouble === undefined ? await refusedRecords(config) : undefined;
    const byState = files.filter(({ state }) => filter.states?.includes(state) ?? true);
    if (options.json) {
      const warnings = warningsOf(plan);
      printJson({
        totals: totalsOf(files),
        queues: queues ?? null,
        refusedRecords: refused ?? null,
        files: byState,
        warnings,
      });
    } else {
      const isListed = options.all || filter.states !== undefined || slug !== undefined;
      const listed = isListed ? byState : byState.filter(({ state }) => state !== 'fresh');
      for (const line of fileLines(listed, adapters.clock.now())) printResult(line);
      printTotals(files, files.length - listed.length);
      printQueues(queues ?? {});
      if (refused !== undefined) printRefusedRecords(refused);
    }
    if (trouble !== undefined) throw trouble;
    // Without the dataset there is nothing to show; other sources that fail are warnings.
    const missing = plan.failures.find(({ error }) => error.code === 'DATASET_MISSING');
    if (missing !== undefined) throw missing.error;
    const alarming = files.filter((file) => isAlarming(file, filter)).length;
    if (options.exitStatus && alarming > 0) {
      throw new ContrailError('JOB_FAILED', `${plural(alarming, 'file')} ${alarming === 1 ? 'needs' : 'need'} a look.`);
    }
  } finally {
    release();
    await queue.close();
    await adapters.close();
  }
}

/** Earlier failures are worth a warning when they cannot be read, not the whole answer. */
function tolerantReader(reader: MonitoringReader): MonitoringReader {
  return {
    async rows(request, signal) {
      try {
        return await reader.rows(request, signal);
      } catch (error) {
        signal.throwIfAborted();
        say(`warning: ${oneLine(toContrailError(error).sentence)}`);
        return [];
      }
    },
  };
}
