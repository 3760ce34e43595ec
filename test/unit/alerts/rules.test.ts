import { describe, expect, it } from 'vitest';
import type { FileCondition } from '../../../src/alerts/inputs.ts';
import { filesLink } from '../../../src/domain/page-links.ts';
import { defineRule } from '../../../src/alerts/rule.ts';
import { ALERT_RULES, evaluateRules } from '../../../src/alerts/rules.ts';
import { alertInputs, counts } from '../../support/alert-world.ts';

describe('alert rules', () => {
  it('have every rule of the specification, each once', () => {
    const ids = ALERT_RULES.map((rule) => rule.id);

    const specified = ['M1', 'M2', 'M3', 'M4', 'M5', 'M6', 'A1', 'A2', 'A3', 'E1', 'E2', 'E3', 'E4', 'E5'];
    expect(ids).toEqual(expect.arrayContaining([...specified, 'G1', 'G2', 'G3', 'G4']));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('say where their default threshold comes from, and whose they are', () => {
    const silent = ALERT_RULES.filter(
      (rule) => !/^(?:Experimenter|ours): /.test(rule.thresholdSource) || rule.formula === '',
    );

    expect(silent.map((rule) => rule.id)).toEqual([]);
  });

  it('find nothing about a healthy experiment', () => {
    const results = evaluateRules(ALERT_RULES, alertInputs());

    const failing = results.flatMap(({ findings }) => findings.filter(({ verdict }) => verdict.kind === 'failing'));
    expect(failing).toEqual([]);
    expect(results.map(({ problem }) => problem)).toEqual(results.map(() => null));
  });
});

describe('evaluateRules', () => {
  const facts = {
    id: 'B1',
    title: 'broken',
    product: 'contrail',
    severity: 'info',
    threshold: 0,
    thresholdSource: 'ours: a test',
    formula: 'breaks for x',
    notify: 'opening',
    needs: ['records'],
    nameOf: (name: string) => name,
  } as const;
  const broken = defineRule({
    ...facts,
    subjects: () => ['x', 'y'],
    linkOf: () => '/',
    check: (name) => {
      if (name === 'x') throw new Error('a bug');
      return { kind: 'failing', value: 1, formula: '', summary: '' };
    },
  });

  it('judges a subject whose name fits into no address, and every other', () => {
    const linked = defineRule({
      ...facts,
      subjects: () => ['half-\ud800', 'my-slug'],
      linkOf: filesLink,
      check: () => ({ kind: 'failing', value: 1, formula: '', summary: '' }),
    });

    const [result] = evaluateRules([linked], alertInputs());

    expect(result?.problem).toBeNull();
    expect(result?.findings.map(({ link, verdict }) => [link, verdict.kind])).toEqual([
      [null, 'failing'],
      ['/objects/?experiment=my-slug', 'failing'],
    ]);
  });

  it('lets an exception about one subject silence no other, nor another rule, nor itself', () => {
    const enrollmentCounts = new Map([['my-slug', counts({ control: [10, 9], treatment: [10, 9] })]]);

    const results = evaluateRules([broken, ...ALERT_RULES], alertInputs({ enrollmentCounts }));

    const failing = results
      .flatMap((result) => result.findings)
      .filter(({ verdict }) => verdict.kind === 'failing')
      .map(({ rule, subject }) => `${rule} ${subject}`);
    expect(failing).toEqual(expect.arrayContaining(['B1 y', 'M1 my-slug', 'X1 B1']));
    expect(results[0]?.findings[0]?.verdict).toEqual({ kind: 'no_data', reason: 'a bug' });
  });

  it.each(['no such object', 'The object is missing.'])('ends X1 with one full stop: %s', (reason) => {
    const results = evaluateRules(ALERT_RULES, alertInputs({ enrollmentCounts: reason }));

    expect(results.at(-1)?.findings[0]?.verdict).toMatchObject({ summary: expect.stringMatching(/[a-z]\.$/) });
  });

  it('lets a source that is missing silence only the rules that need it, and says so once', () => {
    const files: FileCondition[] = [
      { experiment: 'x', product: 'errors', period: null, state: 'failed', lateMs: null, failure: null, hasFile: null },
    ];

    const results = evaluateRules(ALERT_RULES, alertInputs({ enrollmentCounts: 'no such object', files }));

    expect(results.find(({ rule }) => rule.id === 'M1')).toMatchObject({ isComplete: false, findings: [] });
    expect(results.find(({ rule }) => rule.id === 'F1')?.findings).toHaveLength(1);
    expect(results.at(-1)?.findings.map(({ subject }) => subject)).toEqual(['enrollmentCounts']);
  });
});
