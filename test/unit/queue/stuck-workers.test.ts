import { expect, it } from 'vitest';
import type { QueueLook } from '../../../src/ports/queue-watch.ts';
import { StuckWorkers, type WatchedWorker } from '../../../src/queue/stuck-workers.ts';

const NO_JOBS = { waiting: 0, prioritized: 0, due: 0, delayed: 0, active: 0, parents: 0, completed: 0, failed: 0 };
const LOOK: QueueLook = {
  queue: 'a',
  isPaused: false,
  restMs: 0,
  throttledMs: 0,
  jobs: { ...NO_JOBS, waiting: 2 },
  oldestMs: 0,
  next: 'first',
};
const WORKER: WatchedWorker = { queue: 'a', hasRoom: true, taken: 5 };

function setup() {
  const time = { now: 0 };
  const stuck = new StuckWorkers({ clock: { monotonic: () => time.now } });
  return {
    stuck,
    after: (seconds: number, look: Partial<QueueLook> = {}, worker: Partial<WatchedWorker> = {}) => {
      time.now += seconds * 1_000;
      return stuck.note([{ ...LOOK, ...look }], [{ ...WORKER, ...worker }]);
    },
  };
}

it('tells of a worker that leaves the same ready job for half a minute, also while others of the queue run', () => {
  const { after } = setup();
  const active = { jobs: { ...LOOK.jobs, active: 3 } };

  expect([after(0), after(15, active), after(14), after(1)]).toEqual([[], [], [], ['a']]);
});

it('tells it once, and again when the next half minute has passed', () => {
  const { after } = setup();

  const found = [0, 30, 10, 10, 10, 10].map((seconds) => after(seconds).length);

  expect(found).toEqual([0, 1, 0, 0, 0, 1]);
});

it.each<[string, Partial<QueueLook>, Partial<WatchedWorker>]>([
  ['nothing is ready', { jobs: { ...NO_JOBS, delayed: 9, active: 1 } }, {}],
  ['the queue is paused', { isPaused: true }, {}],
  ['the queue rests', { restMs: 5_000 }, {}],
  ['the worker is busy', {}, { hasRoom: false }],
  ['the worker has taken a job', {}, { taken: 6 }],
  ['another worker has taken the next job', { next: 'second' }, {}],
])('counts anew when %s', (_, look, worker) => {
  const { after } = setup();
  after(0);

  const found = [after(20, look, worker), after(20), after(29)];

  expect(found).toEqual([[], [], []]);
});

it('counts anew after a time of which nothing is known, and for each queue alone', () => {
  const { after, stuck } = setup();
  after(0);
  stuck.forget();

  const first = after(40);
  const both = stuck.note([LOOK, { ...LOOK, queue: 'b' }], [WORKER, { ...WORKER, queue: 'b' }]);
  const later = after(30, {}, {});

  expect([first, both, later]).toEqual([[], [], ['a']]);
});
