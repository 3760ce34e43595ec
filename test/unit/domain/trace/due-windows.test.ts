import { expect, it } from 'vitest';
import type { AnalysisPeriod } from '../../../../src/domain/analysis-period.ts';
import { type DueInputs, dueWindows } from '../../../../src/domain/trace/due-windows.ts';
import { EXPERIMENT } from '../../../support/trace-world.ts';

interface Case {
  readonly period: AnalysisPeriod;
  readonly at: string;
  readonly record?: Partial<DueInputs['experiment']>;
  readonly settings?: DueInputs['settings'];
  readonly newest: number | null;
  readonly reason?: string;
  readonly due?: string | null;
}

const ENDED = { endDate: '2026-01-20' };
/** On 29 January: the API sends today as its end, and 21 days less as the end of enrollment. */
const ROLLING = { isHoldback: true, endDate: '2026-01-29', enrollmentEndDate: '2026-01-08' };

const CASES: Record<string, Case> = {
  'the first day is due 40 hours after its date': { period: 'daily', at: '2026-01-09T16:00:00Z', newest: 1 },
  'the first day is not due a moment before': {
    period: 'daily',
    at: '2026-01-09T15:59:59Z',
    newest: null,
    reason: 'not_yet',
    due: '2026-01-09T16:00:00Z',
  },
  'a day is due every day': { period: 'daily', at: '2026-01-19T16:00:00Z', newest: 11 },
  'no day is due after the end': { period: 'daily', at: '2026-06-01T00:00:00Z', record: ENDED, newest: 13 },
  'the first week is due 40 hours after its last day': { period: 'weekly', at: '2026-01-15T16:00:00Z', newest: 1 },
  'the first week is not due before': {
    period: 'weekly',
    at: '2026-01-15T15:00:00Z',
    newest: null,
    reason: 'not_yet',
    due: '2026-01-15T16:00:00Z',
  },
  'the second week is due seven days later': { period: 'weekly', at: '2026-01-22T16:00:00Z', newest: 2 },
  'a week that the end cuts short is never due': {
    period: 'weekly',
    at: '2026-06-01T00:00:00Z',
    record: ENDED,
    newest: 1,
  },
  'the first 28 days are due 40 hours after their last day': {
    period: 'days28',
    at: '2026-02-05T16:00:00Z',
    newest: 1,
  },
  '28 days that are longer than the experiment never are': {
    period: 'days28',
    at: '2026-06-01T00:00:00Z',
    record: ENDED,
    newest: null,
    reason: 'window_too_short',
  },
  'the week before enrollment is due with the second day': {
    period: 'preenrollment_weekly',
    at: '2026-01-10T16:00:00Z',
    newest: 1,
  },
  'the 28 days before enrollment are due with the second day': {
    period: 'preenrollment_days28',
    at: '2026-01-10T15:00:00Z',
    newest: null,
    reason: 'not_yet',
    due: '2026-01-10T16:00:00Z',
  },
  'periods before enrollment have one window': {
    period: 'preenrollment_weekly',
    at: '2026-06-01T00:00:00Z',
    newest: 1,
  },
  'overall waits for an end': {
    period: 'overall',
    at: '2026-06-01T00:00:00Z',
    newest: null,
    reason: 'not_yet',
    due: null,
  },
  'overall is due 40 hours after the end': {
    period: 'overall',
    at: '2026-01-21T16:00:00Z',
    record: ENDED,
    newest: 1,
  },
  'overall is not due before': {
    period: 'overall',
    at: '2026-01-21T15:00:00Z',
    record: ENDED,
    newest: null,
    reason: 'not_yet',
    due: '2026-01-21T16:00:00Z',
  },
  'overall needs a day after enrollment': {
    period: 'overall',
    at: '2026-06-01T00:00:00Z',
    record: { endDate: '2026-01-08' },
    newest: null,
    reason: 'window_too_short',
  },
  'overall of one day is due': {
    period: 'overall',
    at: '2026-06-01T00:00:00Z',
    record: { endDate: '2026-01-09' },
    newest: 1,
  },
  'nothing is due without a start': {
    period: 'daily',
    at: '2026-06-01T00:00:00Z',
    record: { startDate: null },
    newest: null,
    reason: 'no_start',
  },
  'nothing is due while enrollment is open': {
    period: 'daily',
    at: '2026-06-01T00:00:00Z',
    record: { enrollmentEndDate: null },
    newest: null,
    reason: 'enrollment_open',
  },
  'a configured enrollment period closes it': {
    period: 'daily',
    at: '2026-01-05T16:00:00Z',
    record: { enrollmentEndDate: null },
    settings: { enrollmentPeriod: 3 },
    newest: 1,
  },
  'an enrollment period of 0 counts as not set': {
    period: 'daily',
    at: '2026-06-01T00:00:00Z',
    record: { enrollmentEndDate: null },
    settings: { enrollmentPeriod: 0 },
    newest: null,
    reason: 'enrollment_open',
  },
  'configured dates come before those of the record': {
    period: 'daily',
    at: '2026-06-01T00:00:00Z',
    record: { startDate: null },
    settings: { startDate: '2026-02-01', endDate: '2026-02-12', enrollmentPeriod: 7 },
    newest: 5,
  },
  'nothing is due if the configuration says skip': {
    period: 'daily',
    at: '2026-06-01T00:00:00Z',
    record: { isRollout: true, startDate: null },
    settings: { skip: true },
    newest: null,
    reason: 'skipped',
  },
  'nothing is due for a rollout': {
    period: 'daily',
    at: '2026-06-01T00:00:00Z',
    record: { isRollout: true, startDate: null },
    newest: null,
    reason: 'rollout',
  },
  'an experiment that is rerun has windows, but only reruns compute them': {
    period: 'weekly',
    at: '2026-01-15T15:00:00Z',
    record: { doRerun: true },
    newest: null,
    reason: 'rerun_only',
  },
  'a rerun makes overall': {
    period: 'overall',
    at: '2026-06-01T00:00:00Z',
    record: { doRerun: true },
    newest: null,
    reason: 'not_yet',
    due: null,
  },
  'a rolling holdback has 20 days': { period: 'daily', at: '2026-01-29T20:00:00Z', record: ROLLING, newest: 20 },
  'overall of a rolling holdback never comes, as its end moves': {
    period: 'overall',
    at: '2026-01-29T20:00:00Z',
    record: ROLLING,
    newest: null,
    reason: 'end_moves',
  },
  'nor does it while the record is cached': {
    period: 'overall',
    at: '2026-01-30T20:00:00Z',
    record: ROLLING,
    newest: null,
    reason: 'end_moves',
  },
  'a holdback that has ended has an overall': {
    period: 'overall',
    at: '2026-01-31T20:00:00Z',
    record: ROLLING,
    newest: 1,
  },
  'a holdback with a configured end does not roll': {
    period: 'overall',
    at: '2026-01-29T20:00:00Z',
    record: ROLLING,
    settings: { endDate: '2026-01-20' },
    newest: 1,
  },
  'a holdback younger than 21 days has nothing': {
    period: 'daily',
    at: '2026-01-21T20:00:00Z',
    record: { isHoldback: true, endDate: '2026-01-21', enrollmentEndDate: '2025-12-31' },
    newest: null,
    reason: 'enrollment_open',
  },
};

it.each(Object.entries(CASES))('%s', (_, { period, at, record = {}, settings = {}, newest, reason, due }) => {
  const experiment = { ...EXPERIMENT, ...record };

  const windows = dueWindows(period, { experiment, settings, now: Date.parse(at) });

  expect(windows.newest).toBe(newest);
  if (reason !== undefined) {
    expect(windows.otherwise).toEqual({ lost: 'due', reason, ...(due === undefined ? {} : { due }) });
  }
});
