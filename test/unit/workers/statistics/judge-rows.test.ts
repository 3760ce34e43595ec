import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ContrailError } from '../../../../src/domain/errors.ts';
import { judgeRows, refusalOf } from '../../../../src/workers/statistics/judge-rows.ts';
import type { CheckResult } from '../../../../src/workers/statistics/row-checker.ts';
import type { WrittenFile } from '../../../../src/workers/statistics/write-file.ts';

const SUBJECT = { experiment: 'my-slug', period: 'weekly' };

function checked(changes: Partial<CheckResult> = {}): CheckResult {
  const rejected = changes.rejected ?? 0;
  return {
    rows: 100,
    rejected,
    duplicates: 0,
    unchecked: 0,
    withoutBasis: 0,
    reasons: rejected === 0 ? [] : [{ reason: 'metric is null', rows: rejected }],
    shown: Array.from({ length: Math.min(rejected, 5) }, (_, row) => ({
      reason: 'metric is null',
      json: `{"row":${row}}`,
    })),
    missingBranches: [],
    ...changes,
  };
}

function written(check: CheckResult, nonFinite = 0): WrittenFile {
  return {
    rows: check.rows - check.rejected - check.duplicates,
    bytes: 2,
    sha256: '',
    nonFinite,
    check,
    branchGroups: [],
  };
}

function judge(changes: Partial<CheckResult>, { limit = 0.1, nonFinite = 0, experiment = 'my-slug' } = {}) {
  return judgeRows(written(checked(changes), nonFinite), { ...SUBJECT, experiment }, limit);
}

function failureOf(changes: Partial<CheckResult>): ContrailError {
  try {
    judge(changes);
  } catch (error) {
    if (error instanceof ContrailError) return error;
  }
  throw new Error('it was not refused');
}

describe('the share of refused rows', () => {
  it('may be just the limit', () => {
    expect(judge({ rejected: 10 })).toEqual([]);
    expect(judge({ rows: 1_000_000, rejected: 100_000 })).toEqual([]);
  });

  it('may not be above it', () => {
    expect(failureOf({ rejected: 11 }).code).toBe('ROWS_REFUSED');
    expect(failureOf({ rows: 1_000_000, rejected: 100_001 }).code).toBe('ROWS_REFUSED');
    expect(failureOf({ rows: 1, rejected: 1 }).code).toBe('ROWS_REFUSED');
  });

  it('is exact for every limit in percent', () => {
    const anyCase = fc.record({
      percent: fc.integer({ min: 0, max: 99 }),
      hundreds: fc.integer({ min: 1, max: 10_000 }),
    });

    fc.assert(
      fc.property(anyCase, ({ percent, hundreds }) => {
        const [rows, rejected, limit] = [hundreds * 100, hundreds * percent, percent / 100];
        expect(judge({ rows, rejected }, { limit })).toEqual([]);
        expect(() => judge({ rows, rejected: rejected + 1 }, { limit })).toThrow(ContrailError);
      }),
    );
  });

  it('of no rows is none, also where none may be refused', () => {
    expect(judge({ rows: 0 }, { limit: 0 })).toEqual([]);
  });

  it('does not count duplicates', () => {
    expect(judge({ duplicates: 99 }).map((warning) => warning.kind)).toEqual(['duplicate']);
  });
});

describe('a refused file', () => {
  it('says how many rows broke which rules, the limit, and the first five rows', () => {
    const error = failureOf({
      rejected: 25,
      reasons: [
        { reason: 'metric is null', rows: 20 },
        { reason: 'x', rows: 5 },
      ],
    });

    expect(error.message).toBe(
      '25 of 100 rows (25%, limit 10%) of my-slug weekly break the rules of the console: metric is null in 20, x in 5. ' +
        'Nothing was published.',
    );
    expect(error.evidence).toBe('The first 5: {"row":0} {"row":1} {"row":2} {"row":3} {"row":4}');
    expect(error).toMatchObject({ exceptionType: 'InvalidStatisticException', failureClass: 'content' });
  });

  it('says which branches are missing, the first five of them', () => {
    const error = failureOf({ missingBranches: ['a', 'b', 'c', 'd', 'e', 'f', 'g'] });

    expect(error).toMatchObject({ code: 'COMPARISON_WITHOUT_BRANCH', exceptionType: 'InvalidStatisticException' });
    expect(error.message).toContain('name branches without rows: a; b; c; d; e and 2 more. Nothing was published.');
  });

  it('is refused for too many refused rows before missing branches', () => {
    expect(failureOf({ rejected: 50, missingBranches: ['a'] }).code).toBe('ROWS_REFUSED');
  });
});

describe('a refusal within the limit', () => {
  it('counts the rows and shows the first', () => {
    expect(refusalOf(checked({ rejected: 1 }))).toEqual({
      exceptionType: 'InvalidStatisticException',
      message: '1 of 100 rows were left out: metric is null in 1. The first one: {"row":0}',
    });
  });

  it('is none where no row was refused', () => {
    expect(refusalOf(checked({ duplicates: 3 }))).toBeUndefined();
  });

  it('cuts rows that are very long', () => {
    const shown = [{ reason: 'x', json: 'y'.repeat(100_000) }];

    expect(refusalOf(checked({ rejected: 1, shown }))?.message.length).toBeLessThan(3_000);
  });
});

describe('warnings', () => {
  it('tell of duplicates, rows not checked, rows without a basis, numbers that became null, and a slug the console does not find', () => {
    const warnings = judge({ duplicates: 1, unchecked: 4, withoutBasis: 2 }, { nonFinite: 3, experiment: 'a b' });

    expect(warnings).toEqual([
      { kind: 'duplicate', message: 'Left out 1 row whose key was there before.' },
      {
        kind: 'not_checked',
        message: '4 rows were not checked for repeated keys: their window is larger than the limit.',
      },
      { kind: 'analysis_basis', message: '2 rows without an analysis_basis: the console will ignore them.' },
      { kind: 'non_finite', message: '3 values were NaN or infinite and are null in the file.' },
      { kind: 'name', message: expect.stringContaining('"a b"') },
    ]);
  });

  it('are none for a slug of letters, digits, - and _', () => {
    expect(judge({}, { experiment: 'A-b_9' })).toEqual([]);
  });
});
