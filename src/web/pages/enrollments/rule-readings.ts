/** What each enrollment rule says about one experiment, from the rules themselves. */
import { hasFunnel } from '../../../alerts/enrollment-funnel.ts';
import type { AlertInputs, SourceName, WatchedExperiment } from '../../../alerts/inputs.ts';
import type { AlertRule, AlertSeverity, Finding, RuleFacts, RuleResult } from '../../../alerts/rule.ts';
import { ENROLLMENT_RULES } from '../../../alerts/rules.ts';
import type { EnrollmentsReading } from './source.ts';

export const RULE_STATES = ['failing', 'no_data', 'passing', 'not_concerned'] as const;
/** `no_data`: it cannot be computed. `not_concerned`: it is not about such experiments. */
export type RuleState = (typeof RULE_STATES)[number];

export interface RuleReading {
  readonly rule: RuleFacts;
  readonly state: RuleState;
  readonly severity: AlertSeverity;
  readonly value: number | null;
  readonly threshold: number;
  /** The condition with the numbers of this experiment; null if there are none. */
  readonly formula: string | null;
  /** What fails, or why it cannot be computed or does not apply; null: it passes. */
  readonly sentence: string | null;
  /** The time of its oldest source, milliseconds since 1970; null: one is missing. */
  readonly sourceAt: number | null;
}

/** Evaluates all enrollment rules; gives the readings of one experiment, in the order of the rules. */
export function ruleReader({
  inputs,
  limits,
}: EnrollmentsReading): (experiment: WatchedExperiment) => readonly RuleReading[] {
  const results = ENROLLMENT_RULES.map((rule) => evaluate(rule, inputs, limits));
  return (experiment) => results.map((result) => readingOf(result, experiment));
}

interface Evaluated {
  readonly result: RuleResult;
  readonly bySubject: ReadonlyMap<string, Finding>;
  readonly sourceAt: number | null;
}

function evaluate(rule: AlertRule, inputs: AlertInputs, limits: EnrollmentsReading['limits']): Evaluated {
  const result = rule.evaluate(inputs, limits[rule.id]);
  const bySubject = new Map(result.findings.map((finding) => [finding.subject, finding]));
  return { result, bySubject, sourceAt: oldestSource(rule.needs, inputs) };
}

function readingOf({ result, bySubject, sourceAt }: Evaluated, experiment: WatchedExperiment): RuleReading {
  const { rule, problem, isComplete } = result;
  const none = { rule, severity: rule.severity, value: null, threshold: rule.threshold, formula: null, sourceAt };
  if (!isComplete) return { ...none, state: 'no_data', sentence: problem };
  const finding = bySubject.get(experiment.slug);
  if (finding === undefined) return { ...none, state: 'not_concerned', sentence: whyNotConcerned(rule.id, experiment) };
  const { verdict, severity } = finding;
  if (verdict.kind === 'no_data') return { ...none, state: 'no_data', sentence: verdict.reason };
  const { value, formula } = verdict;
  const sentence = verdict.kind === 'failing' ? verdict.summary : null;
  return { ...none, severity, state: verdict.kind, value, formula, sentence };
}

/** The conditions under which a rule says nothing about a running experiment. */
function whyNotConcerned(rule: string, { isRollout, isHoldback, appName }: WatchedExperiment): string {
  if (rule === 'M2' && isRollout) return 'rollouts have no ratio of branches';
  if (rule === 'M4' && !hasFunnel(appName)) return `not covered: ${appName} sends no enrollment funnel`;
  if (rule === 'M5') return isRollout || isHoldback ? 'not for rollouts and holdbacks' : 'enrollment has ended';
  return 'from the day after the start';
}

/** Shown as the age of the numbers; a list of experiments has no older time than now. */
function oldestSource(needs: readonly SourceName[], { sources }: AlertInputs): number | null {
  const times = needs.map((name) => sources[name]).map((reading) => (reading.kind === 'read' ? reading.at : null));
  return times.reduce<number | null>(
    (oldest, at) => (oldest === null || at === null ? null : Math.min(oldest, at)),
    Infinity,
  );
}
