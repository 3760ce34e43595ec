import { describe, expect, it } from 'vitest';
import {
  branchCounts,
  FEATURE_CONFLICT_LIMIT,
  featureConflict,
  isEnrollmentLow,
  topUnenrollmentReason,
  UNENROLLMENT_SPIKE_LIMIT,
  unenrollmentRate,
} from '../../../src/alerts/enrollment-checks.ts';
import { statusTile } from '../../../src/alerts/status-tile.ts';
import { isMismatch, testSampleRatio } from '../../../src/domain/sample-ratio/sample-ratio.ts';
import { readCountsEntry } from '../../../src/workers/monitoring/read-enrollment-counts.ts';
import { readFunnelRows } from '../../../src/workers/monitoring/read-enrollment-funnel.ts';
import { isCloseTo, monitoringFixture } from '../../support/monitoring-fixture.ts';

interface GoldenCheck {
  readonly monitoring_data: { readonly enrollment_funnel: unknown[] };
  readonly branch_ratios: Record<string, number>;
  readonly days_since_start: number;
  readonly expected: {
    readonly unenrollment_spike: boolean;
    readonly unenrollment_rate: number;
    readonly top_reason: string;
    /** The name of an exception is no alert. */
    readonly srm_mismatch: boolean | string;
    readonly srm_p_value: number | null;
    readonly max_ratio_deviation: number;
    readonly low_enrollment: boolean;
    readonly feature_conflict: boolean;
    readonly feature_conflict_rate: number;
    readonly feature_conflict_slugs: string[];
  };
}

interface GoldenTile {
  readonly experiment: string;
  readonly launch_date: string;
  readonly end_date: string | null;
  readonly last_window: string;
  readonly enroll_count: number;
  readonly unenroll_count: number;
  readonly message: string;
}

const checks = monitoringFixture<GoldenCheck[]>('alerts/checks.json');
const tiles = monitoringFixture<GoldenTile[]>('alerts/status.json');

describe('checks of enrollment counts', () => {
  it.each(checks.map((check, index) => [index, check] as const))('find what the golden case %d finds', (_, check) => {
    const found = checkAll(check);

    const { srm_p_value, srm_mismatch, ...expected } = check.expected;
    expect(found).toMatchObject({ ...expected, srm_mismatch: srm_mismatch === true });
    expect(isCloseTo(found.p, srm_p_value)).toBe(true);
  });
});

describe('statusTile', () => {
  it.each(tiles.map((tile) => [tile.experiment, tile] as const))('says of %s what production says', (_, tile) => {
    const { text } = statusTile(tileInput(tile), 'ended');

    expect(text).toBe(tile.message);
  });

  it('warns of unenrollments in an experiment without an end, which production never does', () => {
    const tile = { launchDate: '2026-01-05', endDate: null, lastWindow: Date.parse('2026-01-07T10:05:00Z') };

    expect(statusTile({ ...tile, enrolled: 500, unenrolled: 26 })).toMatchObject({
      rule: 'E3',
      text: '⚠️ Unenrollments are elevated: 5.2% of clients have unenrolled since launch',
    });
    expect(statusTile({ ...tile, enrolled: 500, unenrolled: 26 }, 'ended')).toMatchObject({ rule: null });
  });

  it.each([
    [1000, 101, 'E2'],
    [1000, 100, 'E3'],
    [1000, 51, 'E3'],
    [1000, 50, 'E4'],
    [1000, 11, 'E4'],
    [1000, 10, null],
    [499, 400, 'E1'],
    [500, 0, null],
    [0, 0, 'E1'],
  ])('with %d enrolled and %d unenrolled is rule %s', (enrolled, unenrolled, rule) => {
    const lastWindow = Date.parse('2026-01-07T10:05:00Z');

    expect(statusTile({ launchDate: '2026-01-05', endDate: '2026-01-08', lastWindow, enrolled, unenrolled }).rule).toBe(
      rule,
    );
  });
});

function checkAll({ monitoring_data, branch_ratios, days_since_start }: GoldenCheck) {
  const counts = readCountsEntry(monitoring_data);
  if (counts === undefined) throw new Error('the golden counts cannot be read');
  const branches = Object.entries(branch_ratios).map(([slug, ratio]) => ({ slug, ratio }));
  const test = testSampleRatio(branchCounts(counts, branches));
  const conflict = featureConflict(readFunnelRows(monitoring_data.enrollment_funnel));
  return {
    unenrollment_spike: unenrollmentRate(counts) > UNENROLLMENT_SPIKE_LIMIT,
    unenrollment_rate: unenrollmentRate(counts),
    top_reason: topUnenrollmentReason(counts),
    srm_mismatch: isMismatch(test),
    p: test.pValue,
    max_ratio_deviation: test.largestDeviation,
    low_enrollment: isEnrollmentLow(counts, days_since_start),
    feature_conflict: conflict.rate >= FEATURE_CONFLICT_LIMIT,
    feature_conflict_rate: conflict.rate,
    feature_conflict_slugs: conflict.slugs,
  };
}

function tileInput(tile: GoldenTile) {
  return {
    launchDate: tile.launch_date,
    endDate: tile.end_date,
    lastWindow: Date.parse(`${tile.last_window.replace(' ', 'T')}Z`),
    enrolled: tile.enroll_count,
    unenrolled: tile.unenroll_count,
  };
}
