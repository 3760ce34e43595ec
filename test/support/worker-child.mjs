/**
 * A process that works on a queue until it is killed: `fork` it with the pool's options as JSON. It reports each job it
 * starts; the jobs that `holds` names it never ends. With `refusesFirst` its first job is refused when the parent says so.
 */
import { z } from 'zod';
import { once } from 'node:events';
import { systemClock } from '../../dist/adapters/system/clock.js';
import { systemRandom } from '../../dist/adapters/system/random.js';
import { ContrailError } from '../../dist/domain/errors.js';
import { startWorkerPool } from '../../dist/queue/bullmq/worker-pool.js';

const { queue, holds, refusesFirst = false, ...options } = JSON.parse(process.argv[2]);
let refusesNext = refusesFirst;
const silent = () => {};
const kind = {
  queue,
  payload: z.unknown(),
  subject: () => undefined,
  retry: { attempts: 3, firstDelayMs: 20, longestDelayMs: 100 },
};

async function handle(_payload, { jobId, attempt }) {
  process.send({ jobId, attempt });
  if (holds.includes(jobId)) await new Promise(silent);
  if (refusesNext) {
    refusesNext = false;
    await once(process, 'message');
    throw new ContrailError('THROTTLED', 'Slower, please.');
  }
  return { kind: 'skipped', reason: `done by ${process.pid}` };
}

process.on('disconnect', () => process.exit());
await startWorkerPool({
  ...options,
  kinds: [kind],
  handlers: [{ kind, handle }],
  clock: systemClock,
  random: systemRandom,
  log: { debug: silent, info: silent, warn: silent, error: silent },
});
