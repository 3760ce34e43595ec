/** `contrail status`: files with problems, files in the queue, and the state of the queues. */
import { loadConfig } from '../../config/load-config.ts';
import { clockOf } from '../../app/compose/wire.ts';
import { ContrailError } from '../../domain/errors.ts';
import { ask } from '../help.ts';
import { oneLine, plural, printJson, printResult, say } from '../output.ts';
import { printRefusedRecords } from '../refused-records.ts';
import { abortOnSignals } from '../signals.ts';
import { filterOf, isAlarming, isInState, isWanted, needsSomebody, type StatusOptions } from '../status/options.ts';
import {
  fileLines,
  headlineOf,
  printQueues,
  printStrays,
  printTotals,
  problemsFirst,
  totalsOf,
} from '../status/print-status.ts';
import { readFiles } from '../status/read-files.ts';

export async function status(slug: string | undefined, options: StatusOptions): Promise<void> {
  const filter = ask(() => filterOf(options));
  const config = loadConfig(['warehouse', 'bucket']);
  const { signal, release } = abortOnSignals();
  try {
    const found = await readFiles({ config, slug, products: filter.products, signal }, options.fresh === true);
    const files = problemsFirst(found.files.filter((file) => isWanted(file, filter, slug)));
    const { queues, refused, redis = [], strays = [], trouble, missing, source, checkedAt, warnings } = found;
    for (const sentence of redis) say(`warning: ${oneLine(sentence)}`);
    const { states } = filter;
    const byState = states === undefined ? files : files.filter((file) => isInState(file, states));
    if (options.json) {
      printJson({
        totals: totalsOf(files),
        needsYou: files.filter(needsSomebody).length,
        source,
        checkedAt: new Date(checkedAt).toISOString(),
        queues: queues ?? null,
        refusedRecords: refused ?? null,
        files: byState,
        warnings,
        redis,
        strays,
      });
    } else {
      const now = clockOf(config).now();
      const isListed = options.all || states !== undefined || slug !== undefined;
      const listed = isListed ? byState : byState.filter(({ state }) => state !== 'fresh');
      if (files.length > 0) printResult(headlineOf(files, { checkedAt, now }));
      for (const line of fileLines(listed, now)) printResult(line);
      printTotals(files, files.length - listed.length);
      printQueues(queues ?? {});
      printStrays(strays);
      if (refused !== undefined) printRefusedRecords(refused);
    }
    if (trouble !== undefined) throw trouble;
    if (missing !== undefined) throw missing;
    const alarming = files.filter((file) => isAlarming(file, filter)).length;
    if (options.exitStatus && alarming > 0) {
      throw new ContrailError('JOB_FAILED', `${plural(alarming, 'file')} ${alarming === 1 ? 'needs' : 'need'} a look.`);
    }
  } finally {
    release();
  }
}
