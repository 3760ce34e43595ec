/**
 * A process that works on a queue until it is killed: `fork` it with the pool's options as JSON. It reports each job it
 * starts; the jobs that `holds` names it never ends.
 */
import { z } from 'zod';
import { systemClock } from '../../dist/adapters/system/clock.js';
import { systemRandom } from '../../dist/adapters/system/random.js';
import { startWorkerPool } from '../../dist/queue/bullmq/worker-pool.js';

const { queue, holds, ...options } = JSON.parse(process.argv[2]);
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
