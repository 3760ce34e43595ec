import { expect, it } from 'vitest';
import { VirtualClock } from '../../../../src/adapters/memory/virtual-clock.ts';
import { type CheckGroup, ok, runChecks } from '../../../../src/app/doctor/check.ts';
import { checkLines } from '../../../../src/cli/doctor/print-checks.ts';
import { ContrailError } from '../../../../src/domain/errors.ts';

const never = new AbortController().signal;

function group(name: string, run: CheckGroup['run']): CheckGroup {
  return { name, run };
}

it('runs all checks in their order, whatever fails', async () => {
  const results = await runChecks(
    [
      group('first', () => Promise.reject(new ContrailError('BUCKET_MISSING', 'There is no bucket.'))),
      group('second', () => Promise.reject(new ContrailError('ACCESS_DENIED', 'No.', { hint: 'Grant it.' }))),
      group('third', () => Promise.resolve([ok('a', 'Well.'), ok('b', 'Well.')])),
    ],
    new VirtualClock(0),
    never,
  );

  expect(results).toEqual([
    {
      check: 'first',
      state: 'failed',
      detail: 'There is no bucket.',
      remedy: 'Create the bucket, or correct `CONTRAIL_BUCKET`.',
    },
    { check: 'second', state: 'failed', detail: 'No.', remedy: 'Grant it.' },
    { check: 'a', state: 'ok', detail: 'Well.' },
    { check: 'b', state: 'ok', detail: 'Well.' },
  ]);
});

it('gives up a check that does not answer, and aborts it', async () => {
  const clock = new VirtualClock(0);
  let aborted: AbortSignal | undefined;
  const silent = group('silent', (signal) => {
    aborted = signal;
    return new Promise(() => undefined);
  });

  const running = runChecks([silent, group('other', () => Promise.resolve([ok('other', 'Well.')]))], clock, never);
  await clock.advance(10_000);

  expect((await running).map(({ check, state }) => [check, state])).toEqual([
    ['silent', 'failed'],
    ['other', 'ok'],
  ]);
  expect(aborted?.aborted).toBe(true);
});

it('prints a line for each check, and its remedy below', () => {
  const lines = checkLines([
    ok('Redis', 'Well.'),
    { check: 'Bucket', state: 'failed', detail: 'No.', remedy: 'Do it.' },
  ]);

  expect(lines).toEqual(['ok      Redis   Well.', 'failed  Bucket  No.', '                → Do it.']);
});
