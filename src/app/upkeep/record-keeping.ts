/** Puts stage, spool and queue together: how the records of a worker process get to the warehouse. */
import { FileRecordSpool } from '../../adapters/filesystem/record-spool.ts';
import type { Config } from '../../config/load-config.ts';
import type { JobQueue } from '../../ports/job-queue.ts';
import type { RecordTaker } from '../../ports/record-sink.ts';
import type { RecordStage } from '../../ports/record-stage.ts';
import { settlesWithin } from '../../queue/settles-within.ts';
import { QueuedRecords } from '../../workers/records/queued-records.ts';
import { openRecordStage } from '../compose/open-record-stage.ts';
import { openQueue } from '../compose/open-queue.ts';
import type { Adapters } from '../compose/wire.ts';
import { Repeating } from '../repeating.ts';

const RECOVERY_INTERVAL_MS = 15_000;
const LAST_RECOVERY_MS = 2_000;

export interface RecordKeeping {
  readonly taker: RecordTaker;
  readonly stage: RecordStage;
  /** The queue, for those who look jobs up. */
  readonly queue: JobQueue;
  /** Asks for the jobs of all records that wait, without waiting for the end of their windows. Gives their number. */
  readonly flush: () => Promise<number>;
  /** Brings on its way what still waits on this machine, as far as Redis answers, and ends the connections. */
  readonly stop: () => Promise<void>;
}

/** Takes records from now on, and looks now and then for what waits on this machine. */
export async function startRecordKeeping(config: Config, adapters: Adapters, redisUrl: string): Promise<RecordKeeping> {
  const { clock, log, sink } = adapters;
  const queue = await openQueue(config, redisUrl);
  const stage = openRecordStage(config, redisUrl);
  const spool = new FileRecordSpool({ folder: config['records.spool'], log });
  const records = new QueuedRecords({ stage, queue, spool, sink, clock, log });
  const stopping = new AbortController();
  const recovery = new Repeating({
    name: 'record recovery',
    intervalMs: RECOVERY_INTERVAL_MS,
    clock,
    log,
    // That Redis is away is said by others.
    failure: { level: 'debug', text: 'records still wait' },
    pass: (signal) => records.recover(signal),
  });
  recovery.start();
  return {
    taker: records,
    stage,
    queue,
    flush: () => records.flush(stopping.signal),
    async stop() {
      // What is not on its way by then waits on the disk for the next process.
      await settlesWithin(recovery.runOnce(), LAST_RECOVERY_MS, clock);
      records.close();
      stopping.abort();
      const ended = recovery.stop();
      stage.close();
      await settlesWithin(Promise.all([ended, queue.close()]), LAST_RECOVERY_MS, clock);
    },
  };
}
