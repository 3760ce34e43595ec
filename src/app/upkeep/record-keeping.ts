/** Sends records to the warehouse, and regularly recovers those that wait on this machine. */
import type { RecordTaker } from '../../ports/record-sink.ts';
import { settlesWithin } from '../../queue/settles-within.ts';
import { QueuedRecords, type QueuedRecordsOptions } from '../../workers/records/queued-records.ts';
import { Repeating } from '../repeating.ts';

const RECOVERY_INTERVAL_MS = 15_000;
const LAST_RECOVERY_MS = 2_000;

export interface RecordKeepingDependencies extends QueuedRecordsOptions {
  /** Closes the connection of the stage; pending requests fail. Called by `stop`. */
  readonly disconnect: () => void;
}

export interface RecordKeeping {
  readonly taker: RecordTaker;
  /** Enqueues the jobs of all waiting records without waiting for the end of their windows. Returns their number. */
  readonly flush: () => Promise<number>;
  /** Stages what still waits on this machine, if Redis answers in time. */
  readonly stop: () => Promise<void>;
}

/** Accepts records from now on. */
export function keepRecords(deps: RecordKeepingDependencies): RecordKeeping {
  const { clock, log } = deps;
  const records = new QueuedRecords(deps);
  const stopping = new AbortController();
  const recovery = new Repeating({
    name: 'record recovery',
    intervalMs: RECOVERY_INTERVAL_MS,
    clock,
    log,
    // Others report that Redis is away.
    failure: { level: 'debug', text: 'records still wait' },
    pass: (signal) => records.recover(signal),
  });
  recovery.start();
  return {
    taker: records,
    flush: () => records.flush(stopping.signal),
    async stop() {
      // Records that are not staged by then wait on disk for the next process.
      await settlesWithin(recovery.runOnce(), LAST_RECOVERY_MS, clock);
      records.close();
      stopping.abort();
      const ended = recovery.stop();
      deps.disconnect();
      await settlesWithin(ended, LAST_RECOVERY_MS, clock);
    },
  };
}
