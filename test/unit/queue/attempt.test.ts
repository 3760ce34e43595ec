import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { deploymentAt } from '../../../src/domain/deployment.ts';
import { ContrailError, ERROR_CATALOGUE, type ErrorCode } from '../../../src/domain/errors.ts';
import type { JobOutcome } from '../../../src/domain/outcome.ts';
import type { JobKind } from '../../../src/jobs/job-kind.ts';
import {
  type AttemptEnd,
  checkedPayload,
  settleFailure,
  settleOutcome,
  type Step,
  type TakenJob,
  turnAway,
} from '../../../src/queue/attempt.ts';
import { type JobEnvelope, NO_ENVELOPE } from '../../../src/queue/job-envelope.ts';

const NOW = Date.parse('2026-01-15T12:00:00Z');
const LIMIT_MS = 60 * 60_000;
const DATASETS = { resultsDataset: 'mozanalysis', monitoringDataset: 'monitoring' };
const OURS = deploymentAt({ ...DATASETS, warehouse: 'bigquery://ours', bucket: 'gs://ours' });
const THEIRS = deploymentAt({ ...DATASETS, warehouse: 'bigquery://theirs', bucket: 'gs://theirs' });
const KIND: JobKind<unknown> = {
  queue: 'work',
  payload: z.object({ step: z.number() }),
  subject: () => undefined,
  retry: { attempts: 3, firstDelayMs: 1_000, longestDelayMs: 60_000 },
};
const PART: JobKind<unknown> = { ...KIND, isPart: true };
const DONE: JobOutcome = { kind: 'skipped', reason: 'nothing to do' };
const SNOOZED: JobOutcome = { kind: 'snoozed', reason: 'not yet', delayMs: 7_000 };
const DIVIDED: JobOutcome = { kind: 'divided', queue: 'parts', parts: [], state: null };
const DIVISION = { queue: 'parts', ids: ['a.0'], state: null };

function taken(job: Partial<Omit<TakenJob, 'envelope'>> = {}, envelope: Partial<JobEnvelope> = {}): TakenJob {
  return {
    id: 'a',
    queue: 'work',
    charged: 0,
    attempts: 3,
    crashes: 0,
    ...job,
    envelope: { ...NO_ENVELOPE, payload: { step: 1 }, ...envelope },
  };
}

function ended(end: Partial<AttemptEnd> = {}): AttemptEnd {
  const random = { fraction: () => 0.5 };
  return { kind: KIND, stopped: undefined, forgetsParts: false, throttleLimitMs: LIMIT_MS, now: NOW, random, ...end };
}

function errorOf(code: ErrorCode): ContrailError {
  return new ContrailError(code, `It is ${code}.`);
}

describe('a job that arrives', () => {
  const arrival = {
    isStopping: false,
    isRunningHere: false,
    deployment: OURS,
    random: { fraction: () => 0.5 },
  };

  it.each([
    ['begins', taken(), {}, undefined],
    ['begins when it names its own deployment', taken({}, { deployment: OURS }), {}, undefined],
    [
      'begins when the worker serves any deployment',
      taken({}, { deployment: THEIRS }),
      { deployment: undefined },
      undefined,
    ],
    [
      'is put back for a worker of its own deployment',
      taken({}, { deployment: THEIRS }),
      {},
      { kind: 'snooze', delayMs: 22_500 },
    ],
    ['waits while its earlier attempt runs here', taken(), { isRunningHere: true }, { kind: 'snooze', delayMs: 1_000 }],
    [
      'is given back by a worker that stops',
      taken({}, { deployment: THEIRS }),
      { isStopping: true, isRunningHere: true },
      { kind: 'give back' },
    ],
  ])('%s', (_rule, job, state, verdict) => {
    expect(turnAway(job, { ...arrival, ...state })).toEqual(verdict);
  });
});

describe('the payload of a job', () => {
  const rules = { crashLimit: 3, isMadeByWorker: false };

  it('is handed out as its kind reads it', () => {
    expect(checkedPayload(taken({}, { payload: { step: 1, more: 2 } }), KIND, rules)).toEqual({ step: 1 });
  });

  it.each([
    ['its payload is not readable', taken({}, { payload: { step: 'x' } }), KIND, 'PAYLOAD_INVALID'],
    ['a part was made by nobody we know', taken(), PART, 'PAYLOAD_INVALID'],
    ['it has ended as many workers as are allowed', taken({ crashes: 3 }), KIND, 'JOB_CRASHED'],
    ['its payload is broken and it ended workers', taken({ crashes: 3 }, { payload: 1 }), KIND, 'JOB_CRASHED'],
  ])('is refused when %s', (_rule, job, kind, code) => {
    expect(() => checkedPayload(job, kind, rules)).toThrow(expect.objectContaining({ code }));
  });

  it('is handed out when a worker made the part, and when its crashes were forgiven', () => {
    expect(checkedPayload(taken(), PART, { ...rules, isMadeByWorker: true })).toEqual({ step: 1 });
    expect(checkedPayload(taken({ crashes: 4 }, { crashesForgiven: 2 }), KIND, rules)).toEqual({ step: 1 });
  });
});

describe('an attempt that comes to an outcome', () => {
  it.each([
    ['done', DONE, undefined, 'done', 'onOutcome'],
    ['done', DONE, 'shutdown', 'done', 'onOutcome'],
    ['done', DONE, 'cancelled', 'done', 'onOutcome'],
    ['done', DONE, 'lock lost', 'leave', 'onOutcome'],
    ['snoozed', SNOOZED, undefined, 'snooze', undefined],
    ['snoozed', SNOOZED, 'shutdown', 'snooze', undefined],
    ['snoozed', SNOOZED, 'cancelled', 'fail', 'onFailure'],
    ['snoozed', SNOOZED, 'lock lost', 'leave', undefined],
    ['divided', DIVIDED, undefined, 'wait for parts', undefined],
    ['divided', DIVIDED, 'shutdown', 'wait for parts', undefined],
    ['divided', DIVIDED, 'cancelled', 'fail', 'onFailure'],
    ['divided', DIVIDED, 'lock lost', 'leave', undefined],
  ] as const)('%s (%j), stopped by %s: %s, telling %s', (_name, outcome, stopped, ...result) => {
    const step = settleOutcome(taken(), outcome, ended({ stopped }));

    expect([step.verdict.kind, step.told?.hook]).toEqual(result);
  });

  it('keeps the delay that the handler asked for, and its envelope', () => {
    expect(settleOutcome(taken({}, { throttled: { times: 2, since: NOW } }), SNOOZED, ended())).toEqual({
      verdict: { kind: 'snooze', delayMs: 7_000 },
    });
  });
});

describe('an attempt that fails', () => {
  it.each([
    ['SERVICE_UNAVAILABLE', 0, undefined, 'retry', 'onFailure'],
    ['SERVICE_UNAVAILABLE', 1, undefined, 'retry', 'onFailure'],
    ['SERVICE_UNAVAILABLE', 2, undefined, 'fail', 'onFailure'],
    ['INTERNAL', 0, undefined, 'retry', 'onFailure'],
    ['THROTTLED', 0, undefined, 'throttle', 'onThrottled'],
    ['THROTTLED', 2, undefined, 'throttle', 'onThrottled'],
    ['ACCESS_DENIED', 0, undefined, 'fail', 'onFailure'],
    ['RESULTS_MISSING', 0, undefined, 'fail', 'onFailure'],
    ['USAGE', 0, undefined, 'fail', 'onFailure'],
    ['ABORTED', 0, 'shutdown', 'give back', undefined],
    ['RESULTS_MISSING', 0, 'shutdown', 'give back', undefined],
    ['ABORTED', 0, 'cancelled', 'fail', 'onFailure'],
    ['THROTTLED', 0, 'cancelled', 'fail', 'onFailure'],
    ['ABORTED', 0, 'lock lost', 'leave', undefined],
    ['RESULTS_MISSING', 2, 'lock lost', 'leave', undefined],
  ] as const)(
    'with %s after %i charged attempts, stopped by %s: %s, telling %s',
    (code, charged, stopped, ...result) => {
      const step = settleFailure(taken({ charged }), errorOf(code), ended({ stopped }));

      expect([step.verdict.kind, step.told?.hook]).toEqual(result);
    },
  );

  it('waits longer before each retry, by chance', () => {
    const delays = [0, 1].map((charged) => settleFailure(taken({ charged }), errorOf('INTERNAL'), ended()).verdict);

    expect(delays).toMatchObject([{ delayMs: 500 }, { delayMs: 1_000 }]);
  });

  it('is CANCELLED when somebody cancelled it, whatever it failed with', () => {
    const { verdict } = settleFailure(taken(), errorOf('SERVICE_UNAVAILABLE'), ended({ stopped: 'cancelled' }));

    expect(verdict).toMatchObject({
      kind: 'fail',
      error: { code: 'CANCELLED', cause: { code: 'SERVICE_UNAVAILABLE' } },
    });
  });

  it('forgives the crashes that it failed for, so that a retry by hand has all of them again', () => {
    const { envelope } = settleFailure(taken({ crashes: 4 }), errorOf('JOB_CRASHED'), ended());

    expect(envelope?.crashesForgiven).toBe(4);
  });

  it('keeps its parts, unless it was told to forget them', () => {
    const job = taken({}, { division: DIVISION, throttled: { times: 1, since: NOW } });

    const kept = settleFailure(job, errorOf('INTERNAL'), ended()).envelope;
    const forgotten = settleFailure(job, errorOf('INTERNAL'), ended({ forgetsParts: true })).envelope;

    expect(kept).toEqual({ ...NO_ENVELOPE, payload: { step: 1 }, division: DIVISION });
    expect(forgotten).toEqual({ ...NO_ENVELOPE, payload: { step: 1 } });
  });
});

describe('a throttled job', () => {
  const since = NOW - LIMIT_MS;

  it('notes how often and since when, in its envelope and in its log', () => {
    const job = taken({}, { throttled: { times: 2, since: NOW - 90_000 } });

    expect(settleFailure(job, errorOf('THROTTLED'), ended())).toMatchObject({
      verdict: { kind: 'throttle' },
      told: { hook: 'onThrottled', times: 3, forMs: 90_000 },
      note: 'throttled 3 times, for 90 s by now: It is THROTTLED.',
      envelope: { throttled: { times: 3, since: NOW - 90_000 } },
    });
  });

  it.each([
    ['fails after the limit', KIND, 5, since, 'fail'],
    ['goes on before the limit', KIND, 5, since + 1, 'throttle'],
    ['goes on after a few refusals far apart', KIND, 1, since, 'throttle'],
    ['is tried again after the limit where its kind endures', { ...KIND, endures: true as const }, 5, since, 'retry'],
  ])('%s', (_rule, kind, times, ...[start, verdict]) => {
    const job = taken({}, { throttled: { times, since: start } });

    const step = settleFailure(job, errorOf('THROTTLED'), ended({ kind }));

    expect(step.verdict.kind).toBe(verdict);
    if (verdict !== 'throttle') expect(step).toMatchObject({ verdict: { error: { code: 'THROTTLED_TOO_LONG' } } });
  });
});

describe('every attempt', () => {
  const codes = fc.constantFrom(...(Object.keys(ERROR_CATALOGUE) as ErrorCode[]));
  const outcomes = fc.constantFrom(DONE, SNOOZED, DIVIDED);
  const stops = fc.constantFrom(undefined, 'lock lost', 'cancelled', 'shutdown');
  const jobs = fc
    .record({
      charged: fc.nat(4),
      attempts: fc.integer({ min: 1, max: 5 }),
      crashes: fc.nat(12),
      throttled: fc.option(
        fc.record({ times: fc.integer({ min: 1, max: 20 }), since: fc.integer({ min: 0, max: 2 * NOW }) }),
      ),
      isDivided: fc.boolean(),
    })
    .map(({ throttled, isDivided, ...job }) =>
      taken(job, { ...(throttled === null ? {} : { throttled }), ...(isDivided ? { division: DIVISION } : {}) }),
    );
  const ends = fc
    .record({
      stopped: stops,
      forgetsParts: fc.boolean(),
      throttleLimitMs: fc.nat(2 * LIMIT_MS),
      fraction: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      kind: fc.constantFrom(KIND, { ...KIND, endures: true as const }),
    })
    .map(({ fraction, ...end }) => ended({ ...end, random: { fraction: () => fraction } }));

  function expectOfEveryStep(check: (step: Step, job: TakenJob, end: AttemptEnd) => void): void {
    fc.assert(
      fc.property(jobs, fc.oneof(outcomes, codes), ends, (job, result, end) => {
        const step =
          typeof result === 'string' ? settleFailure(job, errorOf(result), end) : settleOutcome(job, result, end);
        check(step, job, end);
      }),
    );
  }

  it('that lost its lock leaves the job untouched', () => {
    expectOfEveryStep(({ verdict, envelope, note }, _job, { stopped }) => {
      if (stopped === 'lock lost') expect([verdict, envelope, note]).toEqual([{ kind: 'leave' }, undefined, undefined]);
      else expect(verdict.kind).not.toBe('leave');
    });
  });

  it('is told as failed exactly when it is charged as failed', () => {
    expectOfEveryStep(({ verdict, told }) => {
      const isCharged = verdict.kind === 'retry' || verdict.kind === 'fail';
      expect(told?.hook === 'onFailure').toBe(isCharged);
      if (told?.hook === 'onFailure') expect(told.final).toBe(verdict.kind === 'fail');
    });
  });

  it('that was cancelled never comes back', () => {
    expectOfEveryStep(({ verdict }, _job, { stopped }) => {
      if (stopped === 'cancelled') expect(['done', 'fail']).toContain(verdict.kind);
    });
  });

  it('is tried again only while attempts are left, after at least a millisecond', () => {
    expectOfEveryStep(({ verdict }, { charged, attempts }) => {
      if (verdict.kind !== 'retry') return;
      expect(charged + 1).toBeLessThan(attempts);
      expect(verdict.delayMs).toBeGreaterThanOrEqual(1);
    });
  });

  it('that is given back, snoozed or put to wait changes nothing in the envelope', () => {
    expectOfEveryStep(({ verdict, envelope }) => {
      if (['give back', 'snooze', 'wait for parts', 'done'].includes(verdict.kind)) expect(envelope).toBeUndefined();
    });
  });

  it('is throttled for no longer than the limit', () => {
    expectOfEveryStep(({ verdict, envelope }, _job, { throttleLimitMs, now }) => {
      if (verdict.kind !== 'throttle') return;
      const { times = 0, since = 0 } = envelope?.throttled ?? {};
      expect(times < 5 || now - since < throttleLimitMs).toBe(true);
    });
  });
});
