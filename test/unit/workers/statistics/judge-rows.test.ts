import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ContrailError } from '../../../../src/domain/errors.ts';
import { type JudgedRows, judgeRows, refusalOf, type Subject } from '../../../../src/workers/statistics/judge-rows.ts';
import { EMPTY_OUTLINE } from '../../../../src/workers/statistics/acceptance/outline.ts';
import type { CheckResult } from '../../../../src/workers/statistics/acceptance/row-checker.ts';
import type { WrittenFile } from '../../../../src/workers/statistics/write-file.ts';

const SUBJECT = { experiment: 'my-slug', period: 'weekly', record: undefined } as const;

function checked(changes: Partial<CheckResult> = {}): CheckResult {
  const rejected = changes.rejected ?? 0;
  return {
    rows: 100,
    rejected,
    dropped: 0,
    duplicates: 0,
    unchecked: 0,
    withoutBasis: 0,
    endlessTexts: 0,
    reasons: rejected === 0 ? [] : [{ rule: 'R1', reason: 'metric is null', rows: rejected }],
    shown: Array.from({ length: Math.min(rejected, 5) }, (_, row) => ({
      reason: 'metric is null',
      json: `{"row":${row}}`,
    })),
    branches: ['control', 'treatment'],
    windows: ['1'],
    bases: ['enrollments'],
    ...changes,
  };
}

function written(check: CheckResult, nonFinite = 0): WrittenFile & JudgedRows {
  return {
    rows: check.rows - check.rejected - check.dropped - check.duplicates,
    bytes: 2,
    sha256: '',
    nonFinite,
    check,
    outline: EMPTY_OUTLINE,
    hangsOnRecord: false,
  };
}

interface JudgeOptions extends Partial<Subject> {
  readonly limit?: number;
  readonly nonFinite?: number;
  readonly hangsOnRecord?: boolean;
}

function judge(
  changes: Partial<CheckResult>,
  { limit = 0.1, nonFinite = 0, hangsOnRecord = false, ...subject }: JudgeOptions = {},
) {
  return judgeRows({ ...written(checked(changes), nonFinite), hangsOnRecord }, { ...SUBJECT, ...subject }, limit);
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
        { rule: 'R1', reason: 'metric is null', rows: 20 },
        { rule: 'R2', reason: 'x', rows: 5 },
      ],
    });

    expect(error.message).toBe(
      'my-slug weekly not published: 25 of 100 rows (25 %, limit 10 %) break the rules of Experimenter: ' +
        'metric is null (20 rows); x (5 rows).',
    );
    expect(error.evidence).toBe('The first 5: {"row":0} {"row":1} {"row":2} {"row":3} {"row":4}');
    expect(error).toMatchObject({ exceptionType: 'InvalidStatisticException', failureClass: 'content' });
  });

  it('is one of which no row is left, whatever took them', () => {
    const reasons = [{ rule: 'F7', reason: 'no enrollments', rows: 100 }] as const;
    const error = failureOf({ dropped: 100, reasons });

    expect(error.code).toBe('ROWS_REFUSED');
    expect(error.message).toBe(
      'my-slug weekly not published: none of its 100 rows can be shown by Experimenter: no enrollments (100 rows).',
    );
  });

  it('names ten reasons and counts the others', () => {
    const reasons = Array.from({ length: 12 }, (_, index) => ({ rule: 'F4', reason: `r${index}`, rows: 1 }) as const);

    expect(failureOf({ rejected: 12, reasons }).message).toMatch(/r9 \(1 row\); other reasons \(2 rows\)\.$/);
  });
});

describe('a refusal within the limit', () => {
  it('counts the rows and shows the first', () => {
    const message =
      'Left out 1 of 100 rows that Experimenter would reject: metric is null (1 row). The first one: {"row":0}';
    expect(refusalOf(checked({ rejected: 1 }))).toEqual({
      exceptionType: 'InvalidStatisticException',
      message,
      exception: message,
      source: 'jetstream',
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
      { kind: 'duplicate', message: 'Left out 1 row repeating the key of another.' },
      {
        kind: 'not_checked',
        message: '4 rows were not checked for repeated keys: their window is larger than the limit.',
      },
      { kind: 'analysis_basis', message: '2 rows without an analysis_basis: Experimenter ignores them.' },
      { kind: 'non_finite', message: '3 values were NaN or infinite and are null in the file.' },
      { kind: 'name', message: expect.stringContaining('"a b"') },
    ]);
  });

  it('are none for a slug of letters, digits, - and _', () => {
    expect(judge({}, { experiment: 'A-b_9' })).toEqual([]);
  });

  const record = { isPrimary: true, branches: ['control', 'treatment'], lacksReferenceBranch: false };

  it('tell of branches that the experiment does not have, and of those without rows', () => {
    const [warning] = judge({ branches: ['control', 'ghost'] }, { record });

    expect(warning).toEqual({
      kind: 'branches',
      message: `The branches differ from Experimenter's: without rows: "treatment"; unknown to the experiment and not drawn: "ghost".`,
    });
  });

  it('tell of a missing reference branch', () => {
    expect(judge({}, { record: { ...record, lacksReferenceBranch: true } }).map(({ kind }) => kind)).toEqual([
      'reference_branch',
    ]);
  });

  it('tell that the record could not be had only where it matters, and nothing of an experiment that the API does not know', () => {
    expect(
      judge({}, { record: 'unreachable', period: 'overall', hangsOnRecord: true }).map(({ kind }) => kind),
    ).toEqual(['experiment']);
    expect(judge({}, { record: 'unreachable', period: 'overall' })).toEqual([]);
    expect(judge({ branches: ['ghost'] }, { record: undefined })).toEqual([]);
  });

  it('compare no branches for periods that the console does not read, or files without rows', () => {
    expect(judge({ branches: ['ghost'] }, { record, period: 'days28' })).toEqual([]);
    expect(judge({ rows: 0, branches: [] }, { record })).toEqual([]);
  });
});
