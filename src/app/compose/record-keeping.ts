/** Opens stage, spool and queue, and starts record keeping for a process. */
import { FileRecordSpool } from '../../adapters/filesystem/record-spool.ts';
import type { Config } from '../../config/load-config.ts';
import type { JobQueue } from '../../ports/job-queue.ts';
import type { RecordStage } from '../../ports/record-stage.ts';
import { settlesWithin } from '../../queue/settles-within.ts';
import { keepRecords, type RecordKeeping } from '../upkeep/record-keeping.ts';
import { openQueue } from './open-queue.ts';
import { openRecordStage } from './open-record-stage.ts';
import type { Adapters } from './adapters.ts';

const LAST_WORDS_MS = 2_000;

export interface OpenRecordKeeping extends RecordKeeping {
  readonly stage: RecordStage;
  /** The queue, for looking up jobs. */
  readonly queue: JobQueue;
}

/** Accepts records from now on. `stop` also closes the connections. */
export async function startRecordKeeping(
  config: Config,
  { sink, clock, log }: Pick<Adapters, 'sink' | 'clock' | 'log'>,
  redisUrl: string,
): Promise<OpenRecordKeeping> {
  const queue = await openQueue(config, redisUrl);
  const stage = openRecordStage(config, redisUrl);
  const spool = new FileRecordSpool({ folder: config['records.spool'], log });
  const keeping = keepRecords({ stage, queue, spool, sink, clock, log, disconnect: () => stage.close() });
  return {
    ...keeping,
    stage,
    queue,
    async stop() {
      await keeping.stop();
      await settlesWithin(queue.close(), LAST_WORDS_MS, clock);
    },
  };
}
