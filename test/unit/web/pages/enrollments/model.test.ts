import { describe, expect, it } from 'vitest';
import type { EnrollmentCounts } from '../../../../../src/alerts/enrollment-checks.ts';
import { ALERT_RULES, evaluateRules } from '../../../../../src/alerts/rules.ts';
import { enrollmentsModel } from '../../../../../src/web/pages/enrollments/model.ts';
import { alertInputs, counts, experiment, funnel, NOW } from '../../../../support/alert-world.ts';

const HOUR = 3_600_000;
const reading = (changes: Parameters<typeof alertInputs>[0] = {}, now = NOW) => ({
  inputs: alertInputs(changes, now),
  limits: {},
});
const one = (changes: Parameters<typeof alertInputs>[0] = {}) => {
  const [found] = enrollmentsModel(reading(changes)).experiments;
  if (found === undefined) throw new Error('no experiment');
  return found;
};
const ruleOf = (id: string, changes: Parameters<typeof alertInputs>[0] = {}) =>
  one(changes).rules.find(({ rule }) => rule.id === id);

describe('the enrollments of live experiments', () => {
  it('have every rule about enrollments, with the verdict, formula and threshold of the rule itself', () => {
    const enrollmentCounts = new Map([['my-slug', counts({ control: [5000, 900], treatment: [5000, 900] })]]);
    const { rules } = one({ enrollmentCounts });
    const told = evaluateRules(ALERT_RULES, alertInputs({ enrollmentCounts })).flatMap(({ findings }) => findings);

    expect(rules.map(({ rule }) => rule.id)).toEqual('M1 M2 M3 M4 M5 M6 E1 E2 E3 E4 E5 G1 G2 G3'.split(' '));
    for (const { rule, state, value, formula, threshold } of rules) {
      const { verdict } = told.find((finding) => finding.rule === rule.id) ?? {};
      expect([rule.id, verdict?.kind]).toEqual([rule.id, state]);
      if (verdict?.kind !== 'no_data')
        expect({ value, formula }).toMatchObject({ value: verdict?.value, formula: verdict?.formula });
      expect(threshold).toBe(rule.threshold);
    }
  });

  it('put the worst failing rule first, and failing experiments before others', () => {
    const slugs = ['a-fine', 'b-spike', 'c-unknown'];
    const model = enrollmentsModel(
      reading({
        experiments: slugs.map((slug) => experiment({ slug })),
        enrollmentCounts: new Map([
          ['a-fine', counts({ control: [5000, 10], treatment: [5000, 10] })],
          ['b-spike', counts({ control: [200, 90], treatment: [100, 90] })],
        ]),
      }),
    );

    expect(model.experiments.map(({ slug, state, worst }) => [slug, state, worst?.rule.id])).toEqual([
      ['b-spike', 'failing', 'M1'],
      ['c-unknown', 'no_counts', undefined],
      ['a-fine', 'clear', undefined],
    ]);
  });

  it('call an experiment with failing rules that only inform a notice', () => {
    const found = one({ experiments: [experiment({ startDate: '2025-12-01' })] });

    expect([found.state, found.worst?.rule.id]).toEqual(['notice', 'M5']);
  });

  it('show shares of branches against the expected ones, and reasons as clients', () => {
    const enrolled: EnrollmentCounts = {
      ...counts({ treatment: [300, 6], control: [100, 2] }),
      reasonsByBranch: new Map([
        [
          'control',
          new Map([
            ['rare', 1],
            ['studies-opt-out', 11],
          ]),
        ],
      ]),
    };
    const branches = [
      { slug: 'control', ratio: 1 },
      { slug: 'treatment', ratio: 2 },
    ];

    const found = one({ experiments: [experiment({ branches })], enrollmentCounts: new Map([['my-slug', enrolled]]) });

    expect(found.branches).toMatchObject([
      {
        branch: 'control',
        enrolled: 100,
        share: 0.25,
        expectedShare: 1 / 3,
        reasons: [
          { reason: 'studies-opt-out', clients: 1100 },
          { reason: 'rare', clients: 100 },
        ],
      },
      { branch: 'treatment', enrolled: 300, unenrolled: 6, share: 0.75, expectedShare: 2 / 3, reasons: [] },
    ]);
    expect(found).toMatchObject({ enrolled: 400, unenrolled: 8, unenrolledShare: 0.02 });
    // (100 − 133.33)² / 133.33 + (300 − 266.67)² / 266.67
    expect(found.ratio).toMatchObject({ kind: 'tested', test: { degreesOfFreedom: 1 } });
    expect(found.ratio?.test?.chiSquare).toBeCloseTo(12.5, 9);
  });

  it('show a branch of the recipe without clients, and one that the recipe lacks', () => {
    const branches = ['control', 'lost'].map((slug) => ({ slug, ratio: 1 }));
    const enrollmentCounts = new Map([['my-slug', counts({ control: [900, 0], stray: [100, 0] })]]);

    const found = one({ experiments: [experiment({ branches })], enrollmentCounts });

    expect(found.branches.map(({ branch, enrolled, expectedShare }) => [branch, enrolled, expectedShare])).toEqual([
      ['control', 900, 0.5],
      ['lost', 0, null],
      ['stray', 100, null],
    ]);
  });

  it.each([
    ['M2', { isRollout: true }, 'not_concerned', 'rollouts have no ratio of branches'],
    ['M4', { appName: 'focus_ios' }, 'not_concerned', 'not covered: focus_ios sends no enrollment funnel'],
    ['M5', { isHoldback: true }, 'not_concerned', 'not for rollouts and holdbacks'],
    ['M1', { startDate: '2026-01-15' }, 'not_concerned', 'from the day after the start'],
    ['M6', { proposedDuration: null }, 'no_data', 'its proposed duration is unknown'],
    ['G2', {}, 'no_data', 'the number of eligible clients is unknown'],
  ] as const)('say why %s of %j is %s', (rule, parts, state, sentence) => {
    expect(ruleOf(rule, { experiments: [experiment(parts)] })).toMatchObject({ state, sentence, formula: null });
  });

  it('never count a rule as passed that cannot be computed', () => {
    const model = enrollmentsModel(reading({ enrollmentCounts: 'The object is missing.' }));
    const [found] = model.experiments;

    expect(found).toMatchObject({ state: 'no_counts', enrolled: null, unenrolledShare: null, ratio: null });
    expect(found?.rules.filter(({ state }) => state === 'passing').map(({ rule }) => rule.id)).toEqual([
      'M4',
      'M5',
      'M6',
    ]);
    expect(ruleOf('M1', { enrollmentCounts: 'The object is missing.' })).toMatchObject({
      state: 'no_data',
      sentence: 'enrollmentCounts: The object is missing.',
    });
    expect(model.notes).toEqual(['The object is missing.']);
  });

  it('leave out experiments that have ended or not begun', () => {
    const experiments = [
      experiment({ slug: 'over', status: 'Complete', endDate: '2026-01-12' }),
      experiment({ slug: 'later', startDate: '2026-02-01' }),
    ];

    expect(enrollmentsModel(reading({ experiments })).experiments).toEqual([]);
  });

  it('note sources older than 26 hours', () => {
    const at = (hours: number) => {
      const { inputs } = reading();
      const { experiments, ...sources } = inputs.sources;
      const aged = Object.fromEntries(
        Object.entries(sources).map(([name, source]) => [name, { ...source, at: NOW - hours * HOUR }]),
      );
      return enrollmentsModel({
        limits: {},
        inputs: { ...inputs, sources: { ...inputs.sources, ...aged, experiments } },
      }).notes;
    };

    expect(at(26)).toEqual([]);
    expect(at(27)).toEqual([
      'The enrollment counts are 27 h old; made anew every day.',
      'The enrollment funnel is 27 h old; made anew every day.',
    ]);
  });

  it('note a funnel that says nothing', () => {
    const { inputs } = reading({ enrollmentFunnel: funnel({}) });
    const source = { ...inputs.sources.enrollmentFunnel, problem: 'the enrollment funnel is missing' };
    const sources = { ...inputs.sources, enrollmentFunnel: source };

    expect(enrollmentsModel({ limits: {}, inputs: { ...inputs, sources } }).notes).toEqual([
      'The enrollment funnel is missing.',
    ]);
  });

  it('take the thresholds of the settings', () => {
    const { inputs } = reading();
    const [found] = enrollmentsModel({ inputs, limits: { M3: { threshold: 20_000 } } }).experiments;

    expect(found?.worst).toMatchObject({ rule: { id: 'M3' }, threshold: 20_000 });
  });
});
