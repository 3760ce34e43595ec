import { expect, it } from 'vitest';
import { Turns } from '../../../../src/adapters/bigquery/turns.ts';

const never = new AbortController().signal;

/** Takes turns under names, and tells whose it has been so far. */
function setup(atOnce: number) {
  const turns = new Turns(atOnce);
  const begun: string[] = [];
  const take = async (name: string, signal = never) => {
    const end = await turns.take(signal);
    begun.push(name);
    return end;
  };
  return { begun, take };
}

it('gives as many turns at once as it has, and the next to whoever has waited longest', async () => {
  const { begun, take } = setup(2);
  const endFirst = await take('first');
  await take('second');
  const third = take('third');
  const fourth = take('fourth');
  expect(begun).toEqual(['first', 'second']);

  endFirst();
  endFirst();
  const endThird = await third;
  const afterFirst = [...begun];
  endThird();
  await fourth;

  expect(afterFirst).toEqual(['first', 'second', 'third']);
  expect(begun).toEqual(['first', 'second', 'third', 'fourth']);
});

it('leaves out who was aborted while waiting, with the reason', async () => {
  const { begun, take } = setup(1);
  const end = await take('first');
  const impatience = new AbortController();
  const second = take('second', impatience.signal);
  const third = take('third');
  const reason = new Error('no longer wanted');

  impatience.abort(reason);
  await expect(second).rejects.toBe(reason);
  end();
  await third;

  expect(begun).toEqual(['first', 'third']);
});

it('gives no turn to who was aborted before', async () => {
  const { begun, take } = setup(1);

  await expect(take('late', AbortSignal.abort(new Error('over')))).rejects.toThrow('over');
  await take('next');

  expect(begun).toEqual(['next']);
});
