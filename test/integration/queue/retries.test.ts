/** What becomes of a job that fails. */
import { expect, it } from 'vitest';
import { ContrailError } from '../../../src/domain/errors.ts';
import { DONE, makeQueueWorld } from '../../support/queue-world.ts';
import { systemRandom } from '../../../src/adapters/system/random.ts';

const POLL = { timeout: 10_000, interval: 10 };

it('tries a transient failure again after delays that double, each cut by chance', async () => {
  const retry = { attempts: 4, firstDelayMs: 60_000, longestDelayMs: 200_000 };
  const { startPool, enqueue, failures, finished, job, openBoard } = makeQueueWorld({ retry });
  const board = openBoard();
  const chances = [0.5, 0.25, 0.75];
  const attempts: string[] = [];
  await enqueue('a');
  await startPool(
    async (_payload, { attempt, attempts: all }) => {
      attempts.push(`${attempt} of ${all}`);
      throw new ContrailError('SERVICE_UNAVAILABLE', 'The service is away.');
    },
    { random: { ...systemRandom, fraction: () => chances.shift() ?? 0 } },
  );

  const delays: unknown[] = [];
  for (const attempt of [1, 2, 3]) {
    await failures.next((failure) => failure.attempt === attempt);
    await expect.poll(async () => (await job('a')).state, POLL).toBe('delayed');
    const delayed = await board.getJob('a');
    delays.push(delayed?.delay);
    await delayed?.promote();
  }
  await finished.next();

  expect(delays).toEqual([30_000, 30_000, 150_000]);
  expect(attempts).toEqual(['1 of 4', '2 of 4', '3 of 4', '4 of 4']);
  expect(failures.told.map(({ final }) => final)).toEqual([false, false, false, true]);
  expect(await job('a')).toMatchObject({
    state: 'failed',
    attempts: 4,
    failure: { class: 'transient', code: 'SERVICE_UNAVAILABLE', message: 'The service is away.', rounds: 1 },
  });
});

it('does a job in the end that fails a few times first', async () => {
  const { startPool, enqueue, outcomes, ended, job } = makeQueueWorld();
  await enqueue('a');

  await startPool(async (_payload, { attempt }) => {
    if (attempt < 3) throw new ContrailError('WAREHOUSE_BUSY', 'Busy.');
    return DONE;
  });
  await ended(1);

  expect(await job('a')).toMatchObject({ state: 'completed', attempts: 3, result: DONE });
  expect(outcomes.told).toMatchObject([{ jobId: 'a', attempt: 3, outcome: DONE }]);
});

it('does not try again what trying again cannot help', async () => {
  const { startPool, enqueue, failures, ended, job } = makeQueueWorld();
  const codes = ['ACCESS_DENIED', 'RESULTS_MISSING', 'CONFIG_INVALID'] as const;
  await enqueue(...codes);

  await startPool(async (payload) => {
    throw new ContrailError(codes[payload.step] ?? 'INTERNAL', 'It is so.');
  });
  await ended(codes.length);

  expect(failures.told.map(({ final }) => final)).toEqual([true, true, true]);
  for (const code of codes) {
    expect(await job(code)).toMatchObject({ state: 'failed', attempts: 1, failure: { code } });
  }
});

it('tries again what nobody knows, and keeps where it came from for the board', async () => {
  const { startPool, enqueue, ended, job, openBoard } = makeQueueWorld();
  await enqueue('a');

  await startPool(async () => {
    throw new TypeError('x is not a function');
  });
  await ended(1);

  expect(await job('a')).toMatchObject({
    state: 'failed',
    attempts: 3,
    failure: { code: 'INTERNAL', message: 'x is not a function' },
  });
  const onBoard = await openBoard().getJob('a');
  expect(onBoard?.stacktrace).toEqual([expect.stringContaining('retries.test.ts')]);
});

it('fails a job at once whose payload its kind does not know, without handing it out', async () => {
  const { startPool, queue, kind, never, failures, ended, job, openBoard } = makeQueueWorld();
  await queue.enqueue(kind.queue, [{ id: 'wrong', name: 'wrong', payload: { step: 'one' } }], never);
  await openBoard().add('by hand', 'no envelope', { jobId: 'stranger' });
  let handled = 0;

  await startPool(async () => {
    handled += 1;
    return DONE;
  });
  await ended(2);

  expect(handled).toBe(0);
  expect(failures.told).toHaveLength(2);
  expect(await job('wrong')).toMatchObject({
    state: 'failed',
    attempts: 1,
    failure: { class: 'content', code: 'PAYLOAD_INVALID', message: expect.stringContaining('step') },
  });
  expect(await job('stranger')).toMatchObject({ state: 'failed', attempts: 1, failure: { code: 'PAYLOAD_INVALID' } });
});

it('ends a job the same, whatever the hooks of the pool throw', async () => {
  const { startPool, enqueue, ended, job, log } = makeQueueWorld();
  await enqueue('good', 'bad');
  const broken = () => {
    throw new Error('the hook is broken');
  };

  await startPool(
    async (_payload, { jobId }) => {
      if (jobId === 'good') return DONE;
      throw new ContrailError('RESULTS_MISSING', 'There is no table.');
    },
    { onOutcome: broken, onFailure: broken },
  );
  await ended(2);

  expect(await job('good')).toMatchObject({ state: 'completed' });
  expect(await job('bad')).toMatchObject({ state: 'failed', failure: { code: 'RESULTS_MISSING' } });
  const told = log.lines.filter(({ text }) => text === 'a hook failed').map(({ fields }) => fields['hook']);
  expect(new Set(told)).toEqual(new Set(['onFailure', 'onOutcome']));
});
