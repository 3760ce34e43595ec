import { describe, expect, it } from 'vitest';
import { ALERT_RULES } from '../../../src/alerts/rules.ts';
import { alertInputs, counts, experiment, NOW, verdictOf } from '../../support/alert-world.ts';

const HOUR = 3_600_000;

describe('rules E1 to E5', () => {
  it('follow the tile, which is in one state at a time', () => {
    const enrollmentCounts = new Map([['my-slug', counts({ control: [600, 70] })]]);

    const verdicts = ['E1', 'E2', 'E3', 'E4', 'E5'].map((rule) => verdictOf(rule, alertInputs({ enrollmentCounts })));

    expect(verdicts).toEqual(['passing', 'failing', 'passing', 'passing', 'passing']);
  });

  it('watch unenrollments of a rolling holdback, whose end is always today', () => {
    const dates = { endDate: '2026-01-15', enrollmentEndDate: '2025-12-25' };
    const experiments = [experiment({ isHoldback: true, status: 'Complete', ...dates })];
    const enrollmentCounts = new Map([['my-slug', counts({ control: [600, 70] })]]);

    expect(verdictOf('E2', alertInputs({ experiments, enrollmentCounts }))).toBe('failing');
  });

  it('send no messages', () => {
    const policies = ALERT_RULES.filter((rule) => rule.product === 'tile').map((rule) => rule.notify);

    expect(new Set(policies)).toEqual(new Set(['never']));
  });
});

describe('rules G1 to G3', () => {
  const nobody = new Map([['my-slug', counts({ control: [0, 0] })]]);

  it.each([
    ['two hours after the launch', { launchedAt: NOW - 2 * HOUR }, 'failing'],
    ['not earlier', { launchedAt: NOW - 2 * HOUR + 1 }, 'passing'],
    ['where only the day is known, two hours after it', { startDate: '2026-01-14' }, 'failing'],
    ['not on the day itself', { startDate: '2026-01-15' }, 'passing'],
  ])('G1 warns when nobody enrolls: %s', (_, parts, verdict) => {
    expect(verdictOf('G1', alertInputs({ experiments: [experiment(parts)], enrollmentCounts: nobody }))).toBe(verdict);
  });

  it.each([
    [{ eligibleClients: null }, 'no_data'],
    // 5 of 14 days, a tenth of the clients: 10,000 enrolled.
    [{ eligibleClients: 280_000 }, 'passing'],
    [{ eligibleClients: 570_000 }, 'failing'],
    [{ eligibleClients: 180_000 }, 'failing'],
    [{ eligibleClients: 100_000, proposedEnrollment: 0 }, 'passing'],
    [{ eligibleClients: 0 }, 'no_data'],
  ])('G2 of %j is %s', (parts, verdict) => {
    expect(verdictOf('G2', alertInputs({ experiments: [experiment(parts)] }))).toBe(verdict);
  });

  // All with far too many clients for the share that is expected of an experiment with fixed dates.
  it.each([
    ['a rolling holdback', { isHoldback: true, endDate: '2026-01-15', enrollmentEndDate: '2025-12-25' }, 'no_data'],
    [
      'one of a list cached yesterday',
      { isHoldback: true, endDate: '2026-01-14', enrollmentEndDate: '2025-12-24' },
      'no_data',
    ],
    ['a holdback that is run again', { isHoldback: true, doRerun: true }, 'no_data'],
    ['a copy that is run again', { doRerun: true }, 'no_data'],
    [
      'a holdback with dates of its own',
      { isHoldback: true, endDate: '2026-03-01', enrollmentEndDate: '2026-01-24' },
      'failing',
    ],
  ])('G2 computes no expected clients from dates that move: %s', (_, parts, verdict) => {
    const experiments = [experiment({ startDate: '2025-12-01', eligibleClients: 10_000, ...parts })];

    expect(verdictOf('G2', alertInputs({ experiments }))).toBe(verdict);
  });

  it.each([
    ['an empty branch', { control: [500, 0] }, 'failing'],
    ['an empty branch of a small experiment', { control: [499, 0] }, 'passing'],
    ['a branch that the recipe lacks', { control: [1, 0], treatment: [1, 0], other: [1, 0] }, 'failing'],
    ['all branches', { control: [500, 0], treatment: [500, 0] }, 'passing'],
  ] as [string, Record<string, [number, number]>, string][])(
    'G3 looks for missing branches: %s',
    (_, branches, verdict) => {
      const enrollmentCounts = new Map([['my-slug', counts(branches)]]);

      expect(verdictOf('G3', alertInputs({ enrollmentCounts }))).toBe(verdict);
    },
  );
});
