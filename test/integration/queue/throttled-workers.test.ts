/** Two worker processes whose jobs a service refuses. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { makeQueueWorld, type QueueWorld } from '../../support/queue-world.ts';
import { makeSignal, type Signal } from '../../support/signal.ts';

const SCRIPT = fileURLToPath(new URL('../../support/worker-child.mjs', import.meta.url));
const POLL = { timeout: 10_000, interval: 20 };
const LONG_MS = 600_000;

interface Worker {
  readonly child: ChildProcess;
  readonly starts: Signal<{ readonly jobId: string; readonly attempt: number }>;
}

/** Takes one job at a time; the first one is refused when the parent says so. */
function startWorker({ redisUrl, prefix, kind }: QueueWorld, restMs: number): Worker {
  const throttle = { firstDelayMs: restMs, longestDelayMs: restMs };
  const options = { redisUrl, prefix, queue: kind.queue, holds: [], refusesFirst: true, concurrency: 1, throttle };
  const child = fork(SCRIPT, [JSON.stringify(options)]);
  onTestFinished(() => void child.kill('SIGKILL'));
  const starts = makeSignal<{ jobId: string; attempt: number }>();
  child.on('message', (start: { jobId: string; attempt: number }) => starts.tell(start));
  return { child, starts };
}

it("keeps the longest rest that a worker asks for, at no attempt's cost, and goes on after it", async () => {
  const world = makeQueueWorld();
  const { enqueue, queue, kind, never, openBoard } = world;
  const board = openBoard();
  const ids = ['a', 'b'];
  const states = async () => (await queue.find(kind.queue, ids, never)).map(({ state }) => state);
  const [patient, hasty] = [startWorker(world, LONG_MS), startWorker(world, 1)];
  await enqueue(...ids);
  await Promise.all([patient.starts.next(() => true), hasty.starts.next(() => true)]);

  patient.child.send('refuse');
  await expect.poll(() => board.getRateLimitTtl(), POLL).toBeGreaterThan(LONG_MS / 3);
  hasty.child.send('refuse');
  await expect.poll(states, POLL).toEqual(['waiting', 'waiting']);
  const restMs = await board.getRateLimitTtl();
  await board.removeRateLimitKey();
  await expect.poll(states, POLL).toEqual(['completed', 'completed']);

  expect(restMs).toBeGreaterThan(LONG_MS / 3);
  expect([...patient.starts.told, ...hasty.starts.told].map(({ attempt }) => attempt)).toEqual([1, 1, 1, 1]);
});
