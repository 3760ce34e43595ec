import { expect, it } from 'vitest';
import { VirtualClock } from '../../../../src/adapters/memory/virtual-clock.ts';
import { KeptParts } from '../../../../src/app/web/kept-parts.ts';
import { ContrailError } from '../../../../src/domain/errors.ts';
import { recordedLog } from '../../../support/recorded-log.ts';

const START = Date.parse('2026-01-15T12:00:00Z');
const never = new AbortController().signal;

function setup(most = 2) {
  const clock = new VirtualClock(START);
  const log = recordedLog();
  const parts = new KeptParts<string>({ clock, log, name: 'The trace', keepMs: 60_000, most });
  let reads = 0;
  const answer =
    (value = 'a') =>
    () => {
      reads += 1;
      return Promise.resolve(value);
    };
  return { clock, log, parts, answer, reads: () => reads };
}

it('asks a source once for many readers, and again when the value is old', async () => {
  const { clock, parts, answer, reads } = setup();

  await Promise.all([parts.get('k', answer(), never), parts.get('k', answer(), never)]);
  await parts.get('k', answer(), never);
  expect(reads()).toBe(1);
  await clock.advance(60_000);
  const part = await parts.get('k', answer('b'), never);

  expect(part).toEqual({ kind: 'read', value: 'b', at: START + 60_000 });
});

it('keeps only so many values', async () => {
  const { parts, answer, reads } = setup();

  for (const key of ['a', 'b', 'c', 'a']) await parts.get(key, answer(), never);

  expect(reads()).toBe(4);
});

it('does not wait for a slow source beyond the limit, and serves its late answer to the next reader', async () => {
  const { clock, parts, answer, reads } = setup();
  let answerLate: (value: string) => void = () => undefined;
  const late = new Promise<string>((resolve) => (answerLate = resolve));

  const first = parts.get('k', () => late, never);
  await clock.advance(10_000);
  expect(await first).toEqual({ kind: 'unread', problem: 'The trace could not be read within 10 s.' });
  answerLate('late');
  await clock.settle();

  expect(await parts.get('k', answer(), never)).toMatchObject({ kind: 'read', value: 'late' });
  expect(reads()).toBe(0);
});

it('shows the old value with the trouble while its source fails', async () => {
  const { clock, parts, answer } = setup();
  await parts.get('k', answer('old'), never);
  await clock.advance(60_000);

  const failing = () => Promise.reject(new ContrailError('WAREHOUSE_BUSY', 'The warehouse is busy.'));
  const part = await parts.get('k', failing, never);

  const trouble = 'The trace could not be read: The warehouse is busy.';
  expect(part).toEqual({ kind: 'read', value: 'old', at: START, trouble });
});

it('does not show the text of an unexpected error, but logs it', async () => {
  const { parts, log } = setup();

  const part = await parts.get('k', () => Promise.reject(new TypeError('x is not a function')), never);

  const problem = 'The trace could not be read: Unexpected error; the log of the pages has it.';
  expect(part).toEqual({ kind: 'unread', problem });
  expect(JSON.stringify(log.lines)).toContain('x is not a function');
});

it('gives up a source that never answers, so that a later reader asks again', async () => {
  const { clock, parts, answer } = setup();
  const silent = (signal: AbortSignal) =>
    new Promise<string>((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));

  const first = parts.get('k', silent, never);
  await clock.advance(60_000);
  await first;

  expect(await parts.get('k', answer(), never)).toMatchObject({ value: 'a' });
});

it('leaves no timer behind', async () => {
  const { clock, parts, answer } = setup();

  await parts.get('k', answer(), never);

  expect(clock.pending).toBe(0);
});
