import { describe, expect, it } from 'vitest';
import type { CellKey } from '../../../../src/domain/trace/cell.ts';
import type { TracedLog } from '../../../../src/domain/trace/inputs.ts';
import { failuresOf, firstErrors, matchFailure } from '../../../../src/domain/trace/log-match.ts';
import { EXPERIMENT, log } from '../../../support/trace-world.ts';

const KEY: CellKey = { period: 'weekly', metric: 'm', basis: 'enrollments', segment: 'all' };
const START = '2026-01-15T04:10:30Z';

function inputs(logs: readonly TracedLog[], analysisStart: string | null = START) {
  return { experiment: EXPERIMENT, logs, analysisStart };
}

function matched(...logs: TracedLog[]): string | null | undefined {
  return matchFailure(KEY, 3, failuresOf(inputs(logs)))?.row.message;
}

describe('a failure', () => {
  it.each<[string, Partial<TracedLog>]>([
    ['names nothing', {}],
    ['names the metric', { metric: 'm' }],
    ['names the period', { analysis_period: 'week' }],
    ['names the window', { analysis_period: 'week_3' }],
    [
      'is a warning about the data',
      {
        log_level: 'WARNING',
        filename: 'statistics.py',
        func_name: 'transform',
        exception_type: 'StatisticComputationException',
      },
    ],
    ['came in the minute of the analysis start', { timestamp: '2026-01-15T04:10:00Z' }],
  ])('explains a cell if it %s', (_, part) => {
    expect(matched(log(part))).toBe('It failed.');
  });

  it.each<[string, Partial<TracedLog>]>([
    ['another metric', { metric: 'n' }],
    ['another basis', { analysis_basis: 'exposures' }],
    ['another segment', { segment: 'new_users' }],
    ['another period', { analysis_period: 'day' }],
    ['another window', { analysis_period: 'week_2' }],
    ['a window whose number only begins alike', { analysis_period: 'week_33' }],
    ['a longer period', { analysis_period: 'preenrollment_week_3' }],
    ['another experiment', { experiment: 'an_experiment' }],
    ['another program', { source: 'contrail' }],
    ['a warning of the analysis', { log_level: 'WARNING' }],
    ['an experiment that was skipped', { exception_type: 'EndedException' }],
    ['the run before', { timestamp: '2026-01-15T04:09:59Z' }],
    ['a time that is none', { timestamp: 'yesterday' }],
  ])('does not explain it if it is of %s', (_, part) => {
    expect(matched(log(part))).toBeUndefined();
  });

  it('explains a cell best if it names most of its keys', () => {
    expect(
      matched(
        log({ message: 'metric', metric: 'm' }),
        log({ message: 'window', analysis_period: 'week_3', timestamp: '2026-01-15T05:00:00Z' }),
        log({ message: 'period', analysis_period: 'week' }),
      ),
    ).toBe('window');
  });

  it('then if it is the newest, then by the greater message', () => {
    const newest = '2026-01-16T06:00:00Z';

    expect(matched(log({ message: 'a', metric: 'm', timestamp: newest }), log({ message: 'z', segment: 'all' }))).toBe(
      'a',
    );
    expect(matched(log({ message: 'z' }), log({ message: 'a', timestamp: newest }))).toBe('a');
    expect(matched(log({ message: 'a', timestamp: newest }), log({ message: 'b', timestamp: newest }))).toBe('b');
    expect(matched(log({ message: 'b', timestamp: newest }), log({ message: 'a', timestamp: newest }))).toBe('b');
  });

  it('counts from the beginning without an analysis start', () => {
    expect(failuresOf(inputs([log({ timestamp: '2020-01-01T00:00:00Z' })], null))).toHaveProperty('size', 1);
  });
});

describe('the first error of a metric', () => {
  const first = (...logs: TracedLog[]) => firstErrors(inputs(logs)).get('m')?.message;

  it('is the earliest since the analysis start, then the one with the lesser message', () => {
    const at = (timestamp: string, message: string) => log({ metric: 'm', timestamp, message });

    expect(
      first(at('2026-01-15T04:10:29Z', 'before'), at('2026-01-15T04:10:31Z', 'b'), at('2026-01-15T04:10:31Z', 'a')),
    ).toBe('a');
  });

  it.each<[string, Partial<TracedLog>]>([
    ['without an exception', { exception_type: null }],
    ['of an experiment that has ended', { exception_type: 'EndedException' }],
    ['of Contrail', { source: 'contrail' }],
    ['of another experiment', { experiment: 'another' }],
    ['of all metrics', { metric: null }],
  ])('is none %s', (_, part) => {
    expect(first(log({ metric: 'm', ...part }))).toBeUndefined();
  });

  it('may be a warning', () => {
    expect(first(log({ metric: 'm', log_level: 'WARNING' }))).toBe('It failed.');
  });
});
