/** Workers of each queue, scheduler, and records on their way to the warehouse. */
import type { Heartbeats, ProcessIdentity } from '../../ports/heartbeats.ts';
import type { JobQueue, QueueCounts } from '../../ports/job-queue.ts';
import { type QueueLook, type QueueWatch, readyJobs } from '../../ports/queue-watch.ts';
import type { RecordStage } from '../../ports/record-stage.ts';
import { queueStates } from '../../queue/queue-states.ts';
import { type CheckGroup, type CheckResult, ok, warning } from './check.ts';

export interface QueueCheckDependencies {
  readonly queue: JobQueue;
  readonly heartbeats: Heartbeats;
  readonly watch: Pick<QueueWatch, 'look'>;
  readonly stage: Pick<RecordStage, 'waiting' | 'refused'>;
}

/** Longer than a killed worker's jobs take to come back. */
const STANDSTILL_MS = 60_000;
/** As rule R1: time for a few attempts after the window of records. */
const LATE_RECORDS_MS = 480_000;

export function queueChecks({ queue, heartbeats, watch, stage }: QueueCheckDependencies): CheckGroup[] {
  return [
    {
      name: 'Workers',
      run: async () => {
        const [states, alive, looks] = await Promise.all([
          queueStates(queue),
          heartbeats.alive(),
          // Redis itself has checks of its own.
          watch
            .look()
            .then(({ queues }) => queues)
            .catch(() => []),
        ]);
        const workers = alive.filter(({ role }) => role === 'worker');
        return [
          ...Object.entries(states).map(([name, state]) =>
            judgeQueue(name, state, { workers, look: looks.find((look) => look.queue === name) }),
          ),
          judgeScheduler(alive),
        ];
      },
    },
    { name: 'Records', run: async () => judgeRecords(stage) },
  ];
}

interface Surroundings {
  readonly workers: readonly ProcessIdentity[];
  readonly look: QueueLook | undefined;
}

function judgeQueue(name: string, state: QueueCounts, { workers, look }: Surroundings): CheckResult {
  const check = `Queue ${name}`;
  const takers = workers.filter(({ queues }) => queues.includes(name)).length;
  const jobs = `${state.waiting + state.paused} waiting, ${state.active} running`;
  const detail = `${takers} ${takers === 1 ? 'worker' : 'workers'}; ${jobs}.`;
  if (takers === 0) {
    const remedy = `Start one: \`contrail worker\`, or \`contrail worker --queue ${name}\`.`;
    return { check, state: 'failed', detail: `No worker takes its jobs; ${jobs}.`, remedy };
  }
  if (state.isPaused)
    return warning(check, `It is paused. ${detail}`, 'Resume it on the page /queues of contrail web.');
  if (look !== undefined && standsStill(look)) {
    const seconds = Math.round(look.oldestMs / 1_000);
    const remedy = 'Restart the workers; their logs may say why they take nothing.';
    return {
      check,
      state: 'failed',
      detail: `Its oldest job has waited for ${seconds} s, and none runs. ${detail}`,
      remedy,
    };
  }
  return ok(check, detail);
}

/** A single look cannot tell a standstill from a short pause, so the oldest job must have waited for long. */
function standsStill(look: QueueLook): boolean {
  return readyJobs(look) > 0 && look.jobs.active === 0 && look.restMs === 0 && look.oldestMs > STANDSTILL_MS;
}

function judgeScheduler(alive: readonly ProcessIdentity[]): CheckResult {
  const schedulers = alive.filter(({ role }) => role === 'scheduler');
  if (schedulers.length > 0) return ok('Scheduler', `Running: ${schedulers.map(({ name }) => name).join(', ')}.`);
  const remedy =
    'Start it: `contrail schedule`. Without it, run `contrail schedule --once` or `contrail backfill` regularly.';
  return warning('Scheduler', 'None is running, so changed tables are not noticed.', remedy);
}

async function judgeRecords(stage: QueueCheckDependencies['stage']): Promise<CheckResult[]> {
  const [{ batches, lateMs }, refused] = await Promise.all([stage.waiting(), stage.refused(1)]);
  const minutes = Math.round(lateMs / 60_000);
  const waiting =
    lateMs > LATE_RECORDS_MS
      ? {
          check: 'Records waiting',
          state: 'failed' as const,
          detail: `${batches} batches of records wait; they should have been written ${minutes} minutes ago.`,
          remedy: 'Look at the queue records on the board: its jobs fail, or no worker takes them.',
        }
      : ok('Records waiting', `${batches} batches of records wait.`);
  if (refused.count === 0) return [waiting];
  const detail = `${refused.count} records were refused by the warehouse in the last 30 days.`;
  return [waiting, warning('Records refused', detail, 'Run `contrail status --json` to see them.')];
}
