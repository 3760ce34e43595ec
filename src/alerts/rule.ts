/** What an alert rule is, and how rules are evaluated so that none can silence another. */
import type { AlertInputs, Reading, SourceName, SourceValues } from './inputs.ts';
import { errorText } from '../domain/errors.ts';

export type AlertSeverity = 'info' | 'warning' | 'critical';

/** Whose rule it is: the same measure has several thresholds on purpose, so each says where it comes from. */
export type AlertProduct = 'console' | 'tile' | 'guide' | 'contrail';

/**
 * When a message is sent. `opening`: each time an alert opens; `once`: once for a subject, ever; `change`: also when
 * what is found changes; `never`: it is only shown.
 */
export type NotifyPolicy = 'opening' | 'once' | 'change' | 'never';

export interface RuleFacts {
  readonly id: string;
  /** A few words for lists: `unenrollment spike`. */
  readonly title: string;
  readonly product: AlertProduct;
  readonly severity: AlertSeverity;
  readonly threshold: number;
  /** Above it the severity is critical, if there is one. */
  readonly criticalThreshold?: number;
  /** Where the default threshold comes from. */
  readonly thresholdSource: string;
  /** The condition as text, without numbers of a case. */
  readonly formula: string;
  readonly notify: NotifyPolicy;
  /** An event is told and over: its alert is never open. */
  readonly isEvent?: boolean;
  readonly needs: readonly SourceName[];
}

export type Verdict =
  | {
      readonly kind: 'failing';
      readonly value: number | null;
      /** The condition with this case's numbers: `412 / 3,104 = 13.3% > 10%`. */
      readonly formula: string;
      /** One sentence for people. */
      readonly summary: string;
      /** Where it is worse than the rule's own. */
      readonly severity?: AlertSeverity;
      /** What was found, without numbers that always change; a policy of `change` compares it. */
      readonly changeKey?: string;
    }
  | { readonly kind: 'passing'; readonly value: number | null; readonly formula: string }
  | { readonly kind: 'no_data'; readonly reason: string };

export interface Finding {
  readonly rule: string;
  /** Experiment, table or queue. */
  readonly subject: string;
  readonly verdict: Verdict;
  readonly severity: AlertSeverity;
  readonly threshold: number;
  /** Path of the page that shows it, null where there is none. */
  readonly link: string | null;
}

export interface RuleResult {
  readonly rule: RuleFacts;
  readonly findings: readonly Finding[];
  /** Why the rule could not be evaluated, wholly or for some subject; null: it could. */
  readonly problem: string | null;
  /** Whether the findings name every subject that the rule concerns. */
  readonly isComplete: boolean;
  /** Subjects about which nothing can be told while their record cannot be read; none unless told. */
  readonly unread?: ReadonlySet<string>;
}

export interface AlertRule extends RuleFacts {
  /** Judges every subject it concerns. Never throws. */
  evaluate(inputs: AlertInputs, limits?: RuleLimits): RuleResult;
}

/** Thresholds other than the defaults. */
export interface RuleLimits {
  readonly threshold?: number;
  readonly criticalThreshold?: number;
}

export type RuleContext<Needs extends SourceName> = {
  readonly now: number;
  readonly threshold: number;
  readonly criticalThreshold: number | undefined;
  readonly sources: { readonly [Name in Needs]: SourceValues[Name] };
  /** Of when each source is, milliseconds since 1970. */
  readonly times: { readonly [Name in Needs]: number };
};

export interface RuleDefinition<Needs extends SourceName, Subject> extends RuleFacts {
  readonly needs: readonly Needs[];
  /** What the rule concerns now; an open alert about anything else is over. */
  readonly subjects: (context: RuleContext<Needs>) => readonly Subject[];
  readonly nameOf: (subject: Subject) => string;
  /** Path of the page that shows a subject. */
  readonly linkOf: (subject: Subject) => string | null;
  readonly check: (subject: Subject, context: RuleContext<Needs>) => Verdict;
}

export function defineRule<Needs extends SourceName, Subject>(definition: RuleDefinition<Needs, Subject>): AlertRule {
  const { subjects: _subjects, nameOf: _nameOf, linkOf: _linkOf, check: _check, ...facts } = definition;
  return { ...facts, evaluate: (inputs, limits = {}) => evaluateRule(definition, facts, inputs, limits) };
}

function evaluateRule<Needs extends SourceName, Subject>(
  definition: RuleDefinition<Needs, Subject>,
  facts: RuleFacts,
  inputs: AlertInputs,
  limits: RuleLimits,
): RuleResult {
  const rule: RuleFacts = {
    ...facts,
    ...(limits.threshold === undefined ? {} : { threshold: limits.threshold }),
    ...(limits.criticalThreshold === undefined ? {} : { criticalThreshold: limits.criticalThreshold }),
  };
  try {
    const context = contextOf(definition.needs, inputs, rule);
    if (typeof context === 'string') return { rule, findings: [], problem: context, isComplete: false };
    const judged = definition.subjects(context).map((subject) => judge(definition, rule, subject, context));
    const problem = judged.find((one) => one.problem !== null)?.problem ?? null;
    const unread = unreadSubjects(definition.needs, inputs);
    return { rule, findings: judged.map((one) => one.finding), problem, isComplete: true, unread };
  } catch (error) {
    return { rule, findings: [], problem: errorText(error), isComplete: false };
  }
}

function unreadSubjects(needs: readonly SourceName[], { sources }: AlertInputs): ReadonlySet<string> {
  const readings: readonly Reading<unknown>[] = needs.map((name) => sources[name]);
  return new Set(readings.flatMap((reading) => (reading.kind === 'read' ? [...(reading.unread ?? [])] : [])));
}

/** One subject that cannot be judged does not keep the others from being judged. */
function judge<Needs extends SourceName, Subject>(
  definition: RuleDefinition<Needs, Subject>,
  rule: RuleFacts,
  subject: Subject,
  context: RuleContext<Needs>,
): { readonly finding: Finding; readonly problem: string | null } {
  const named = {
    rule: rule.id,
    subject: definition.nameOf(subject),
    threshold: rule.threshold,
    link: linkOf(definition, subject),
  };
  try {
    const verdict = definition.check(subject, context);
    const severity = verdict.kind === 'failing' ? (verdict.severity ?? rule.severity) : rule.severity;
    return { finding: { ...named, verdict, severity }, problem: null };
  } catch (error) {
    const reason = errorText(error);
    return { finding: { ...named, verdict: { kind: 'no_data', reason }, severity: rule.severity }, problem: reason };
  }
}

/** A name that fits into no address has no link. */
function linkOf<Needs extends SourceName, Subject>(
  definition: RuleDefinition<Needs, Subject>,
  subject: Subject,
): string | null {
  try {
    return definition.linkOf(subject);
  } catch {
    return null;
  }
}

/** What the rule may look at, or which of its sources is missing and why. */
function contextOf<Needs extends SourceName>(
  needs: readonly Needs[],
  inputs: AlertInputs,
  rule: RuleFacts,
): RuleContext<Needs> | string {
  const sources: Partial<Record<Needs, unknown>> = {};
  const times: Partial<Record<Needs, number>> = {};
  for (const name of needs) {
    const reading: Reading<SourceValues[Needs]> = inputs.sources[name];
    if (reading.kind === 'missing') return `${name}: ${reading.reason}`;
    sources[name] = reading.value;
    times[name] = reading.at;
  }
  const { threshold, criticalThreshold } = rule;
  return { now: inputs.now, threshold, criticalThreshold, sources, times } as RuleContext<Needs>;
}
