import { describe, expect, it } from 'vitest';
import type { WatchedExperiment } from '../../../src/alerts/inputs.ts';
import { alertInputs, experiment, findingsOf, NOW, verdictOf } from '../../support/alert-world.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe('rule A1', () => {
  it.each([
    ['an error', [{ metric: 'm', exceptionType: 'ValueError' }], 'failing'],
    ['an expected exception', [{ metric: null, exceptionType: 'HighPopulationException' }], 'passing'],
    ['a harmless one', [{ metric: null, exceptionType: 'PreconditionFailed' }], 'passing'],
    ['the skip that does alert', [{ metric: null, exceptionType: 'NoSlugException' }], 'failing'],
    [
      'only the first of a group',
      [
        { metric: 'm', exceptionType: 'EndedException' },
        { metric: 'm', exceptionType: 'ValueError' },
      ],
      'passing',
    ],
  ])('looks at %s', (_, errors, verdict) => {
    expect(verdictOf('A1', alertInputs({ errors: new Map([['my-slug', errors]]) }))).toBe(verdict);
  });

  it('has another key only when the set of groups and types is another', () => {
    const one = { metric: 'm', exceptionType: 'ValueError' };
    const two = { metric: 'n', exceptionType: 'KeyError' };

    const keys = [[one, two], [two, one], [two, one, one], [one]].map((errors) => {
      const [finding] = findingsOf('A1', alertInputs({ errors: new Map([['my-slug', errors]]) }));
      return finding?.verdict.kind === 'failing' ? finding.verdict.changeKey : undefined;
    });

    expect(keys[1]).toBe(keys[0]);
    expect(keys[2]).toBe(keys[0]);
    expect(keys[3]).not.toBe(keys[0]);
  });
});

describe('rules A2, A3 and G4', () => {
  it.each([
    ['daily from the day after the start', {}, [], 'daily'],
    ['nothing on the first day', { startDate: '2026-01-15' }, [], undefined],
    [
      'weekly eight days after enrollment',
      { startDate: '2025-12-20', enrollmentEndDate: '2026-01-07' },
      ['daily'],
      'weekly',
    ],
    ['no weekly a day earlier', { startDate: '2025-12-20', enrollmentEndDate: '2026-01-08' }, ['daily'], ''],
    [
      'overall when the end was before yesterday',
      { endDate: '2026-01-13', proposedEnrollment: 7 },
      ['daily'],
      'overall',
    ],
    ['no overall a day earlier', { endDate: '2026-01-14' }, ['daily'], ''],
    ['results three days after the end', { endDate: '2026-01-12' }, ['daily'], 'overall'],
    ['nothing from the fourth day after the end', { endDate: '2026-01-11' }, [], undefined],
    ['results three days after the planned end', { proposedDuration: 2 }, [], 'daily'],
    ['nothing from the fourth day after the planned end', { proposedDuration: 1 }, [], undefined],
    [
      'results when the planned end has moved with enrollment',
      { proposedEnrollment: 1, proposedDuration: 1, enrollmentEndDate: '2026-01-12' },
      [],
      'daily',
    ],
    [
      'nothing from the fourth day after a planned end that has moved forward',
      { proposedEnrollment: 14, proposedDuration: 14, enrollmentEndDate: '2026-01-11' },
      [],
      undefined,
    ],
    ['nothing of a rollout', { isRollout: true }, [], undefined],
  ])('A2 expects %s', (_, parts, present, missing) => {
    const objects = new Set(present.map((period) => `statistics/statistics_my_slug_${period}.json`));

    const [finding] = findingsOf('A2', alertInputs({ experiments: [experiment(parts)], objects }));

    const found = finding?.verdict.kind === 'failing' ? finding.verdict.changeKey : finding && '';
    expect(found).toBe(missing);
  });

  it.each(['A2', 'G4'])('%s is silent about experiments that metric-hub leaves out', (rule) => {
    const experiments = [
      experiment({ startDate: '2025-12-01', enrollmentEndDate: '2025-12-08', proposedDuration: 84 }),
    ];
    const facts = { experiments, objects: new Set<string>() };

    const leftOut = alertInputs({ ...facts, metricHub: { leftOut: new Set(['my-slug']) } });

    expect(verdictOf(rule, alertInputs(facts))).toBe('failing');
    expect(verdictOf(rule, leftOut)).toBe('not concerned');
  });

  it('A2 and G4 say nothing while metric-hub cannot be read, and X1 says why', () => {
    const experiments = [
      experiment({ startDate: '2025-12-01', enrollmentEndDate: '2025-12-08', proposedDuration: 84 }),
    ];
    const inputs = alertInputs({ experiments, objects: new Set<string>(), metricHub: 'no network' });

    expect([...findingsOf('A2', inputs), ...findingsOf('G4', inputs)]).toEqual([]);
    expect(findingsOf('X1', inputs).map(({ verdict }) => verdict)).toMatchObject([
      { kind: 'failing', summary: 'The alert source metricHub cannot be read: no network.' },
    ]);
  });

  it('A3 tells of weekly and overall results, never of daily ones', () => {
    const objects = new Set(
      ['daily', 'weekly', 'overall'].map((period) => `statistics/statistics_my_slug_${period}.json`),
    );

    const subjects = findingsOf('A3', alertInputs({ objects })).map((finding) => finding.subject);

    expect(subjects).toEqual(['my-slug weekly', 'my-slug overall']);
  });

  it.each([
    ['a table of yesterday', [{ name: 'statistics_my_slug_week_1', changedAt: NOW - DAY }], 'passing'],
    ['an old table', [{ name: 'statistics_my_slug_week_1', changedAt: NOW - 8 * DAY }], 'failing'],
    ['no table', [], 'failing'],
    ['a fresh table of another', [{ name: 'statistics_my_slug_two_week_1', changedAt: NOW }], 'failing'],
  ])('G4 looks for fresh tables: %s', (_, tables, verdict) => {
    const experiments = [experiment({ startDate: '2025-12-01', enrollmentEndDate: '2025-12-08' })];

    expect(verdictOf('G4', alertInputs({ experiments, tables }))).toBe(verdict);
  });

  it.each([
    ['marked for a rerun', { doRerun: true }],
    ['rolling', { isHoldback: true, endDate: '2026-01-15', enrollmentEndDate: '2025-12-25' }],
  ])('G4 is silent for an experiment that is %s', (_, parts) => {
    const old = { startDate: '2025-12-01', enrollmentEndDate: '2025-12-08' };

    expect(verdictOf('G4', alertInputs({ experiments: [experiment({ ...old, ...parts })] }))).toBe('not concerned');
  });

  it('G4 takes the description of a table for whose it is, where two slugs are alike in names', () => {
    const old = { startDate: '2025-11-01', enrollmentEndDate: '2025-11-08' };
    const experiments = ['my-slug', 'my.slug'].map((slug) => experiment({ ...old, slug }));
    const fresh = { name: 'statistics_my_slug_week_1', changedAt: NOW - DAY };
    const stale = { name: 'statistics_my_slug_week_2', changedAt: NOW - 9 * DAY };
    const failing = (descriptions: readonly string[]) => {
      const tables = [fresh, stale].map((table, index) => ({ ...table, description: descriptions[index] ?? '' }));
      return findingsOf('G4', alertInputs({ experiments, tables })).flatMap(({ subject, verdict }) =>
        verdict.kind === 'failing' ? [subject] : [],
      );
    };

    expect(failing(['my-slug', 'my.slug'])).toEqual(['my.slug']);
    expect(failing(['my.slug', 'my-slug'])).toEqual(['my-slug']);
  });

  it('G4 waits until weekly results are expected', () => {
    expect(verdictOf('G4', alertInputs())).toBe('not concerned');
  });
});

describe('rule G5', () => {
  const marked = { doRerun: true, rerunRequestedAt: NOW - 12 * HOUR };

  it.each([
    ['twelve hours after the request', {}, [], 'failing'],
    ['not earlier', { rerunRequestedAt: NOW - 12 * HOUR + 1 }, [], 'passing'],
    ['not for a request of tomorrow', { rerunRequestedAt: NOW + DAY }, [], 'passing'],
    ['not once an overall table has changed', {}, [['overall_1', NOW - HOUR]], 'passing'],
    ['with an older overall table', {}, [['overall_1', NOW - DAY]], 'failing'],
    ['with a newer table of another period', {}, [['day_20', NOW - HOUR]], 'failing'],
    ['with a view', {}, [['overall', NOW - HOUR]], 'failing'],
    ['for a holdback', { isHoldback: true, endDate: '2026-01-15', enrollmentEndDate: '2025-12-25' }, [], 'failing'],
    ['not without a mark', { doRerun: false }, [], 'not concerned'],
    ['not without a time', { rerunRequestedAt: null }, [], 'no_data'],
    ['not for one that has ended', { endDate: '2026-01-13', status: 'Complete' }, [], 'not concerned'],
  ] satisfies [string, Partial<WatchedExperiment>, [string, number][], string][])(
    'tells of a rerun without result: %s',
    (_, parts, changes, verdict) => {
      const experiments = [experiment({ ...marked, ...parts })];
      const tables = changes.map(([end, changedAt]) => ({ name: `statistics_my_slug_${end}`, changedAt }));

      expect(verdictOf('G5', alertInputs({ experiments, tables }))).toBe(verdict);
    },
  );

  it('says which request it was', () => {
    const [finding] = findingsOf('G5', alertInputs({ experiments: [experiment(marked)] }));

    expect(finding).toMatchObject({
      severity: 'info',
      verdict: { summary: 'my-slug: the rerun of 2026-01-15 has brought no result.' },
    });
  });
});
