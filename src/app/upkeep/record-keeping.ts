/** Brings records on their way to the warehouse, and looks now and then for what still waits on this machine. */
import type { JobQueue } from '../../ports/job-queue.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { RecordSink, RecordTaker } from '../../ports/record-sink.ts';
import type { RecordSpool } from '../../ports/record-spool.ts';
import type { RecordStage } from '../../ports/record-stage.ts';
import { settlesWithin } from '../../queue/settles-within.ts';
import { QueuedRecords } from '../../workers/records/queued-records.ts';
import { Repeating } from '../repeating.ts';

const RECOVERY_INTERVAL_MS = 15_000;
const LAST_RECOVERY_MS = 2_000;

export interface RecordKeepingDependencies {
  readonly stage: RecordStage;
  readonly queue: JobQueue;
  readonly spool: RecordSpool;
  readonly sink: Pick<RecordSink, 'has'>;
  readonly clock: Clock;
  readonly log: Log;
  /** Ends the connection of the stage: what still waits for an answer fails. Called by `stop`. */
  readonly disconnect: () => void;
}

export interface RecordKeeping {
  readonly taker: RecordTaker;
  /** Asks for the jobs of all records that wait, without waiting for the end of their windows. Gives their number. */
  readonly flush: () => Promise<number>;
  /** Brings on its way what still waits on this machine, as far as Redis answers in time. */
  readonly stop: () => Promise<void>;
}

/** Takes records from now on. */
export function keepRecords(deps: RecordKeepingDependencies): RecordKeeping {
  const { clock, log } = deps;
  const records = new QueuedRecords(deps);
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
    flush: () => records.flush(stopping.signal),
    async stop() {
      // What is not on its way by then waits on the disk for the next process.
      await settlesWithin(recovery.runOnce(), LAST_RECOVERY_MS, clock);
      records.close();
      stopping.abort();
      const ended = recovery.stop();
      deps.disconnect();
      await settlesWithin(ended, LAST_RECOVERY_MS, clock);
    },
  };
}
