import { describe, expect, it } from 'vitest';
import { readEnrollmentCounts } from '../../../../src/workers/monitoring/read-enrollment-counts.ts';

const entry = {
  total_enrollments: 3,
  total_unenrollments: 1,
  branches: { control: { enrollments: 3, unenrollments: 1 } },
  unenrollment_reasons: {},
};

describe('readEnrollmentCounts', () => {
  it('reads each experiment, with the reasons that are there', () => {
    const reasons_by_branch = { control: { 'opt-out': { '1pct_count': 2 } } };

    const read = readEnrollmentCounts({ v1: { a: { ...entry, reasons_by_branch }, b: entry } });

    expect(read.get('a')?.reasonsByBranch.get('control')?.get('opt-out')).toBe(2);
    expect(read.get('b')).toMatchObject({ totalEnrollments: 3, totalUnenrollments: 1 });
    expect(read.get('b')?.reasonsByBranch.size).toBe(0);
  });

  it('leaves out the one experiment that cannot be read', () => {
    const read = readEnrollmentCounts({ v1: { a: { ...entry, total_enrollments: 'many' }, b: entry } });

    expect([...read.keys()]).toEqual(['b']);
  });

  it.each([[null], [[]], [{ v2: {} }], ['text']])('refuses %j, which is another kind of object', (content) => {
    expect(() => readEnrollmentCounts(content)).toThrow(/invalid_type/);
  });
});
