/** Progress and log lines of a job, as the board shows them. */
import { expect, it } from 'vitest';
import type { JobContext } from '../../../src/ports/job-handler.ts';
import { makeGate } from '../../support/gate.ts';
import { DONE, makeQueueWorld } from '../../support/queue-world.ts';

const POLL = { timeout: 10_000, interval: 10 };

/** A job done after it was noted upon, as the board has it. */
async function boardAfter(note: (context: JobContext) => void) {
  const { startPool, enqueue, ended, openBoard, job } = makeQueueWorld();
  await enqueue('a');
  await startPool(async (_payload, context) => {
    note(context);
    return DONE;
  });
  await ended(1);
  const board = openBoard();
  const { logs } = await board.getJobLogs('a');
  return { progress: (await board.getJob('a'))?.progress, logs, state: (await job('a')).state };
}

it('are there while the job runs', async () => {
  const { startPool, enqueue, ended, openBoard, job } = makeQueueWorld();
  const gate = makeGate();
  const board = openBoard();
  await enqueue('a');
  await startPool(async (_payload, { progress, log }) => {
    progress(0.256);
    log('a quarter is done');
    await gate.passed;
    return DONE;
  });

  await expect.poll(() => job('a'), POLL).toMatchObject({ state: 'active', progress: 26 });
  await expect.poll(async () => (await board.getJobLogs('a')).logs, POLL).toEqual(['a quarter is done']);
  gate.open();
  await ended(1);

  expect(await job('a')).not.toHaveProperty('progress');
});

it('are all written by the end, in their order, the last progress among them', async () => {
  const lines = Array.from({ length: 100 }, (_, index) => `batch ${index}`);

  const { progress, logs, state } = await boardAfter((context) => {
    for (const [index, line] of lines.entries()) {
      context.log(line);
      context.progress((index + 1) / 100);
    }
  });

  expect({ progress, logs, state }).toEqual({ progress: 100, logs: lines, state: 'completed' });
});

it('keep within bounds, whatever a handler says', async () => {
  const { progress, logs } = await boardAfter((context) => {
    for (let line = 0; line < 250; line++) context.log(`line ${line}`);
    context.log('x'.repeat(5_000));
    context.progress(Number.NaN);
    context.progress(17);
  });

  expect(progress).toBe(100);
  expect(logs).toHaveLength(200);
  expect(logs.at(0)).toBe('line 51');
  expect(logs.at(-1)).toBe('x'.repeat(2_000));
});
