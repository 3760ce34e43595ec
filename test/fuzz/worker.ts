/** Runs one target in a thread of its own, so that `scripts/fuzz.js` can see an input that hangs, and end it. */
import { parentPort, workerData } from 'node:worker_threads';
import { runInputs, type FuzzRun } from './target.ts';
import { FUZZ_TARGETS } from './targets.ts';

interface Order extends FuzzRun {
  readonly name: string;
  /** Where the number of the input at hand is kept. */
  readonly place: Int32Array;
}

const { name, place, ...run } = workerData as Order;
const target = FUZZ_TARGETS.find((candidate) => candidate.name === name);
if (target === undefined) throw new Error(`There is no target ${name}.`);
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port between threads has no origin
parentPort?.postMessage(runInputs(target, run, (index) => Atomics.store(place, 0, index)));
