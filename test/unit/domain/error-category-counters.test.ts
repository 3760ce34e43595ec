import { describe, expect, it } from 'vitest';
import { isCriticalError, isWarningRow } from '../../../src/domain/error-category-counters.ts';

const ERROR = { log_level: 'ERROR', message: 'm', exception_type: null };

describe('counters of the errors dashboard', () => {
  it.each([
    ['an error without a class', {}, ['critical', 'warning']],
    ['an error of a class', { exception_type: 'ValueError' }, ['critical']],
    ['an expected error', { exception_type: 'EndedException' }, ['warning']],
    ['enrollment that is not complete', { exception_type: 'EnrollmentNotCompleteException' }, ['critical']],
    ['one statistic that failed', { message: 'Error while computing statistic x', exception_type: 'X' }, []],
    ['a warning', { log_level: 'WARNING' }, ['warning']],
    ['a warning with a class', { log_level: 'WARNING', exception_type: 'PreconditionFailed' }, []],
    ['information', { log_level: 'INFO' }, []],
    ['a critical message', { log_level: 'CRITICAL' }, []],
  ])('count %s', (_, columns, counters) => {
    const row = { ...ERROR, ...columns };

    const counted = [isCriticalError(row) ? ['critical'] : [], isWarningRow(row) ? ['warning'] : []].flat();

    expect(counted).toEqual(counters);
  });
});
