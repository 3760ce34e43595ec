/** `contrail notify`: enqueues the files of tables that have changed. */
import { type ChangedTables, enqueueChangedTables } from '../../app/notify/enqueue-changed-tables.ts';
import { checkRedis, openQueue } from '../../app/compose/open-queue.ts';
import { scanDependencies } from '../../app/compose/planning.ts';
import { startRecordKeeping } from '../../app/compose/record-keeping.ts';
import { wire } from '../../app/compose/wire.ts';
import { type Config, loadConfig } from '../../config/load-config.ts';
import { changedTableName } from '../../domain/changed-table-name.ts';
import { ContrailError } from '../../domain/errors.ts';
import { logOf } from '../log.ts';
import { plural, printJson, printResult, say } from '../output.ts';
import { fileStates, stateLine } from '../notify/file-states.ts';
import { abortOnSignals } from '../signals.ts';

interface NotifyOptions {
  readonly table: readonly string[];
  readonly json?: true;
}

export async function notify({ table, json }: NotifyOptions): Promise<void> {
  const config = loadConfig(['warehouse', 'bucket']);
  const names = [...new Set(table.map((text) => changedTableName(text, config.resultsDataset)))];
  const changed = await enqueueFilesOf(names, config);
  const files = fileStates(changed);
  if (json) printJson({ files, missing: changed.missing });
  else for (const file of files) printResult(stateLine(file));
  throwIfIncomplete(changed, config.resultsDataset);
}

async function enqueueFilesOf(names: readonly string[], config: Config): Promise<ChangedTables> {
  await checkRedis(config.redis.reveal());
  const { signal, release } = abortOnSignals();
  const adapters = await wire(config, { createWarehouse: false, log: logOf(config) });
  const queue = await openQueue(config);
  try {
    const keeping = await startRecordKeeping(config, adapters, config.redis.reveal());
    try {
      const scan = scanDependencies(adapters, config, { queue, records: keeping.taker });
      return await enqueueChangedTables(scan, names, signal);
    } finally {
      await keeping.stop();
    }
  } finally {
    release();
    await queue.close();
    await adapters.close();
  }
}

function throwIfIncomplete({ plan, missing }: ChangedTables, dataset: string): void {
  for (const name of missing) say(`The dataset ${dataset} has no table ${name}.`);
  if (missing.length > 0) {
    throw new ContrailError('RESULTS_MISSING', `${plural(missing.length, 'table')} not found; see above.`);
  }
  if (plan.refused.length > 0) {
    throw new ContrailError('JOB_FAILED', `${plural(plan.refused.length, 'export')} cannot be made; see above.`);
  }
}
