import { describe, expect, it } from 'vitest';
import type { ExperimentRow } from '../../../../src/domain/experiments-table.ts';
import { parseTimestamp } from '../../../../src/domain/utc-time.ts';
import { readExperimentRecord } from '../../../../src/workers/monitoring/experiment-record-row.ts';
import { monitoringFixture } from '../../../support/monitoring-fixture.ts';

interface Golden {
  readonly now: string;
  readonly rows: ExperimentRow[];
  readonly skipped: { index: number; slug: string | null }[];
}

const golden = monitoringFixture<Golden>('experimenter_experiments/golden.json');
const input = monitoringFixture<Record<string, unknown>[]>('experimenter_experiments/input.json');
const artefacts = monitoringFixture<Record<string, unknown>[]>('experimenter_experiments/artefacts.input.json');
const NOW = parseTimestamp(golden.now) ?? NaN;

describe('readExperimentRecord', () => {
  it('makes the golden rows, in order', () => {
    const readings = input.map((record) => readExperimentRecord(record, NOW));

    expect(readings.flatMap((reading) => (reading.kind === 'row' ? [reading.row] : []))).toEqual(golden.rows);
  });

  it('skips the golden records, and reads their slugs', () => {
    const readings = input.map((record) => readExperimentRecord(record, NOW));

    const skipped = readings.flatMap((reading, index) =>
      reading.kind === 'malformed' ? [{ index, slug: reading.slug }] : [],
    );
    expect(skipped).toEqual(golden.skipped);
  });

  it('treats values of a wrong type as malformed, where production coerces them', () => {
    const readings = artefacts.slice(1).map((record) => readExperimentRecord(record, NOW).kind);

    expect(new Set(readings)).toEqual(new Set(['malformed']));
  });

  it.each([
    ['endDate', '2026-01-15', 'Complete'],
    ['endDate', '2026-01-16', 'Live'],
    ['endDate', '2026-01-15T12:00:00Z', 'Complete'],
    ['endDate', '2026-01-15T12:00:00.000001Z', 'Live'],
    ['endDate', '2026-01-15T13:30:00+02:00', 'Complete'],
    ['endDate', null, 'Live'],
    ['startDate', null, 'Live'],
  ])('with %s %s has the status that the time of day makes', (key, value, status) => {
    const reading = readExperimentRecord({ ...input[0], [key]: value }, NOW);

    expect(reading).toMatchObject({ kind: 'row', row: { status } });
  });

  it.each([
    ['slug', 'a\ud800', null],
    ['slug', 'a\nb', 'a\nb'],
    ['appName', '\ud800', 'my-slug'],
    ['targeting', 'x == "\udfff"', 'my-slug'],
    ['channels', ['\ud800'], 'my-slug'],
    ['outcomes', [{ slug: '\ud800' }], 'my-slug'],
    ['branches', [{ slug: 'a', ratio: 1, features: [{ value: { deep: ['\ud800'] } }] }], 'my-slug'],
    ['branches', [{ slug: 'a', ratio: 1, features: [{ value: { '\ud800': 1 } }] }], 'my-slug'],
  ])('treats a %s as malformed that no table or address takes: %j', (key, value, slug) => {
    const reading = readExperimentRecord({ ...input[0], slug: 'my-slug', [key]: value }, NOW);

    expect(reading).toMatchObject({ kind: 'malformed', slug, reason: expect.stringMatching(/Unicode|control/) });
    expect(JSON.stringify(reading)).not.toMatch(/[^\\]\\ud800/);
  });

  it.each([
    ['2025-12-31T23:30:00-05:00', '2026-01-01'],
    ['2026-01-01 00:30:00+01:00', '2025-12-31'],
    ['2026-01-01T00:00:00', '2026-01-01'],
  ])('takes the date of %s in UTC', (startDate, date) => {
    expect(readExperimentRecord({ ...input[0], startDate }, NOW)).toMatchObject({ row: { start_date: date } });
  });

  it.each(['', 20260115, '2026-1-5', '2025-02-30', '20250101', 'soon', true])(
    'refuses the date %j',
    (enrollmentEndDate) => {
      const reading = readExperimentRecord({ ...input[0], enrollmentEndDate }, NOW);

      expect(reading).toMatchObject({ kind: 'malformed', reason: expect.stringContaining('enrollmentEndDate') });
    },
  );

  it.each([
    'startDate',
    'endDate',
    'enrollmentEndDate',
    'referenceBranch',
    'slug',
    'proposedEnrollment',
    'branches',
    'appName',
    'appId',
    'channel',
    'channels',
    'targeting',
    'bucketConfig',
    'featureIds',
    'isRollout',
  ])('refuses a record without %s', (key) => {
    const { [key]: _, ...rest } = input[0] ?? {};

    const reading = readExperimentRecord(rest, NOW);

    expect(reading).toMatchObject({ kind: 'malformed', reason: expect.stringContaining(key) });
  });

  it.each([
    [
      { outcomes: null, segments: undefined },
      { outcomes: [], segments: [] },
    ],
    [
      { isRollout: null, isFirefoxLabsOptIn: null },
      { is_rollout: false, is_firefox_labs_opt_in: false },
    ],
    [{ isEnrollmentPaused: null }, { is_enrollment_paused: null }],
    [{ isEnrollmentPaused: undefined }, { is_enrollment_paused: null }],
    [
      { proposedEnrollment: 0, appId: '', channel: '', channels: [], branches: [] },
      { proposed_enrollment: 0, app_id: '' },
    ],
    [{ referenceBranch: null }, { reference_branch: null }],
    [{ bucketConfig: { count: 1, total: 3, namespace: null, randomizationUnit: null } }, { targeted_percent: 1 / 3 }],
    [
      { branches: [{ slug: 'a', ratio: 1, features: null, feature: {} }] },
      { branches: [{ slug: 'a', ratio: 1, features: null }] },
    ],
    [{ outcomes: [{ slug: 'b', priority: 'primary' }, { slug: 'a' }] }, { outcomes: ['b', 'a'] }],
  ])('reads %j', (parts, row) => {
    expect(readExperimentRecord({ ...input[0], ...parts }, NOW)).toMatchObject({ kind: 'row', row });
  });

  it.each([
    [{ bucketConfig: null }],
    [{ bucketConfig: { count: 1, total: 3, namespace: 'n' } }],
    [{ bucketConfig: { count: '1', total: 3, namespace: 'n', randomizationUnit: 'u' } }],
    [{ branches: ['control'] }],
    [{ branches: [{ slug: 'a', ratio: 1 }] }],
    [{ branches: [{ slug: 'a', ratio: 1.5, features: [] }] }],
    [{ segments: ['a'] }],
    [{ segments: {} }],
    [{ proposedEnrollment: null }],
    [{ slug: '' }],
  ])('refuses %j', (parts) => {
    expect(readExperimentRecord({ ...input[0], ...parts }, NOW)).toMatchObject({ kind: 'malformed' });
  });

  it.each([null, 'a text', 7, [], [{}]])('refuses %j, which is no record', (record) => {
    expect(readExperimentRecord(record, NOW)).toMatchObject({ kind: 'malformed', slug: null });
  });
});
