import { describe, expect, it } from 'vitest';
import type { WatchedExperiment } from '../../../src/alerts/inputs.ts';
import { alertInputs, counts, experiment, findingsOf, funnel, NOW, verdictOf } from '../../support/alert-world.ts';

describe('rules M1 to M4', () => {
  const spike = counts({ control: [1000, 150], treatment: [1000, 51] });
  const conflict = funnel({
    'my-slug': [
      { reason: 'FeatureConflict', conflictSlug: 'z,a,', clientCount: 25 },
      { reason: null, conflictSlug: null, clientCount: 75 },
    ],
  });

  it('explain themselves with the numbers put in', () => {
    const reasons = new Map([
      [
        'control',
        new Map([
          ['opt-out', 2],
          ['changed-pref', 7],
        ]),
      ],
    ]);
    const enrollmentCounts = new Map([['my-slug', { ...spike, reasonsByBranch: reasons }]]);

    const [finding] = findingsOf('M1', alertInputs({ enrollmentCounts }));

    expect(finding).toMatchObject({
      subject: 'my-slug',
      link: '/enrollments/my-slug',
      verdict: {
        kind: 'failing',
        value: 0.1005,
        formula: '201 / 2,000 = 10.1% > 10%',
        summary: expect.stringContaining('because of changed-pref'),
      },
    });
  });

  it.each([
    ['exactly a tenth', [1000, 100], [1000, 100], 'passing'],
    ['more', [1000, 101], [1000, 100], 'failing'],
    ['nobody enrolled', [0, 5], [0, 0], 'passing'],
  ] as const)('M1 needs more than a tenth: %s', (_, control, treatment, verdict) => {
    const enrollmentCounts = new Map([['my-slug', counts({ control, treatment })]]);

    expect(verdictOf('M1', alertInputs({ enrollmentCounts }))).toBe(verdict);
  });

  it.each([
    ['a large deviation', [4000, 0], [6000, 0], 'failing'],
    ['a significant but small one', [48_000, 0], [52_000, 0], 'passing'],
    ['a large but insignificant one', [4, 0], [6, 0], 'passing'],
  ] as const)('M2 needs significance and size: %s', (_, control, treatment, verdict) => {
    const enrollmentCounts = new Map([['my-slug', counts({ control, treatment })]]);

    expect(verdictOf('M2', alertInputs({ enrollmentCounts }))).toBe(verdict);
  });

  it.each([
    ['a rollout', { isRollout: true }, 'not concerned'],
    [
      'a branch that must have no clients',
      {
        branches: [
          { slug: 'control', ratio: 1 },
          { slug: 'treatment', ratio: 0 },
        ],
      },
      'no_data',
    ],
  ])('M2 says nothing about %s', (_, parts, verdict) => {
    expect(verdictOf('M2', alertInputs({ experiments: [experiment(parts)] }))).toBe(verdict);
  });

  it.each([
    ['2026-01-12', 999, 'failing'],
    ['2026-01-13', 999, 'passing'],
    ['2026-01-12', 1000, 'passing'],
  ])('M3 started %s with %d clients is %s', (startDate, enrolled, verdict) => {
    const enrollmentCounts = new Map([['my-slug', counts({ control: [enrolled, 0] })]]);

    expect(verdictOf('M3', alertInputs({ experiments: [experiment({ startDate })], enrollmentCounts }))).toBe(verdict);
  });

  it('M4 names the experiments on the same feature', () => {
    const [finding] = findingsOf('M4', alertInputs({ enrollmentFunnel: conflict }));

    expect(finding?.verdict).toMatchObject({
      kind: 'failing',
      value: 0.25,
      formula: '25% ≥ 25%',
      summary: expect.stringContaining('by a, z on'),
    });
  });

  it('M4 says that the funnel is late', () => {
    const late = { ...conflict, changedAt: NOW - 27 * 3_600_000 };

    const [finding] = findingsOf('M4', alertInputs({ enrollmentFunnel: late }));

    expect(finding?.verdict).toMatchObject({
      kind: 'failing',
      formula: expect.stringContaining('more than a day old'),
    });
  });

  it('M4 needs no enrollment counts', () => {
    const inputs = alertInputs({ enrollmentCounts: 'no such object', enrollmentFunnel: conflict });

    expect(verdictOf('M4', inputs)).toBe('failing');
  });

  it.each([
    ['firefox_ios', 'failing'],
    ['fenix', 'failing'],
    ['focus_android', 'not concerned'],
  ])('M4 of %s is %s: not every application has a funnel', (appName, verdict) => {
    const inputs = alertInputs({ experiments: [experiment({ appName })], enrollmentFunnel: conflict });

    expect(verdictOf('M4', inputs)).toBe(verdict);
  });

  it.each([
    ['ends today', {}, 'failing'],
    [
      'ended yesterday by a list that is a day old',
      { enrollmentEndDate: '2025-12-24', endDate: '2026-01-14' },
      'failing',
    ],
    ['ended before', { enrollmentEndDate: '2025-12-23', endDate: '2026-01-13' }, 'not concerned'],
    ['observed for another time', { enrollmentEndDate: '2025-12-26' }, 'not concerned'],
    ['is no holdback', { isHoldback: false }, 'not concerned'],
    ['starts today', { startDate: '2026-01-15' }, 'not concerned'],
  ] satisfies [string, Partial<WatchedExperiment>, string][])(
    'M4 of a complete experiment that is a holdback and %s is right',
    (_, parts, verdict) => {
      const holdback = experiment({
        status: 'Complete',
        isHoldback: true,
        startDate: '2025-11-01',
        enrollmentEndDate: '2025-12-25',
        endDate: '2026-01-15',
        ...parts,
      });

      expect(verdictOf('M4', alertInputs({ experiments: [holdback], enrollmentFunnel: conflict }))).toBe(verdict);
    },
  );

  it.each([
    ['a complete one', { status: 'Complete' }],
    ['one that starts today', { startDate: '2026-01-15' }],
    ['one that has not started', { startDate: null }],
    ['one that starts tomorrow', { startDate: '2026-01-16' }],
  ] satisfies [string, Partial<WatchedExperiment>][])('are not concerned with %s', (_, parts) => {
    const inputs = alertInputs({
      experiments: [experiment(parts)],
      enrollmentCounts: new Map([['my-slug', counts({ control: [1, 1], treatment: [900, 900] })]]),
    });

    expect(['M1', 'M2', 'M3', 'M4'].map((rule) => verdictOf(rule, inputs))).toEqual(Array(4).fill('not concerned'));
  });

  it('never count as passed what has no counts', () => {
    const inputs = alertInputs({ enrollmentCounts: new Map() });

    expect(['M1', 'M2', 'M3'].map((rule) => verdictOf(rule, inputs))).toEqual(Array(3).fill('no_data'));
  });

  it('take other thresholds', () => {
    const inputs = alertInputs({ enrollmentCounts: new Map([['my-slug', spike]]) });

    expect(verdictOf('M1', inputs, { threshold: 0.2 })).toBe('passing');
  });
});

describe('rules M5 and M6', () => {
  it.each([
    [{ proposedEnrollment: 5 }, 'failing'],
    [{ proposedEnrollment: 6 }, 'passing'],
    [{ proposedEnrollment: 5, isRollout: true }, 'not concerned'],
    [{ proposedEnrollment: 5, isEnrollmentPaused: true }, 'not concerned'],
    [{ proposedEnrollment: 5, status: 'Complete' }, 'not concerned'],
  ] satisfies [Partial<WatchedExperiment>, string][])('M5 of %j is %s', (parts, verdict) => {
    expect(verdictOf('M5', alertInputs({ experiments: [experiment(parts)] }))).toBe(verdict);
  });

  it.each([
    [{ proposedEnrollment: 3, proposedDuration: 5 }, 'failing'],
    [{ proposedEnrollment: 3, proposedDuration: 6 }, 'passing'],
    // Enrollment took a day more than planned: so does the experiment.
    [{ proposedEnrollment: 3, proposedDuration: 5, enrollmentEndDate: '2026-01-14' }, 'passing'],
    [{ proposedEnrollment: 3, proposedDuration: 4, enrollmentEndDate: '2026-01-14' }, 'failing'],
    [{ proposedDuration: null }, 'no_data'],
  ])('M6 of %j is %s', (parts, verdict) => {
    expect(verdictOf('M6', alertInputs({ experiments: [experiment(parts)] }))).toBe(verdict);
  });
});
