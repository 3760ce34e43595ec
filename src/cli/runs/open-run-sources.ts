/** Where runs are read from: the warehouse, and Redis for those of the last minutes. */
import { checkRedis } from '../../app/compose/open-queue.ts';
import { openRecordStage } from '../../app/compose/open-record-stage.ts';
import type { RunSources } from '../../app/runs/read-runs.ts';
import type { Config } from '../../config/load-config.ts';
import { toContrailError } from '../../domain/errors.ts';
import type { MonitoringReader } from '../../ports/monitoring-reader.ts';
import { oneLine, say } from '../output.ts';

/** Without Redis the runs of the last minutes are missing, and that is said. */
export async function withRunSources<Result>(
  config: Config,
  reader: MonitoringReader,
  work: (sources: RunSources) => Promise<Result>,
): Promise<Result> {
  const trouble = await checkRedis(config.redis.reveal()).then(() => undefined, toContrailError);
  if (trouble !== undefined) {
    say(`warning: runs of the last minutes may be missing: ${oneLine(trouble.sentence)}`);
    return work({ reader });
  }
  const stage = openRecordStage(config);
  try {
    return await work({ reader, stage });
  } finally {
    stage.close();
  }
}
