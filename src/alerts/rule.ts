/** Alert rules and their evaluation. A rule that fails does not stop the others. */
import type { AlertInputs, Reading, SourceName, SourceValues } from './inputs.ts';
import { errorText } from '../domain/errors.ts';

export type AlertSeverity = 'info' | 'warning' | 'critical';

/** Which product shows this rule. Products use different thresholds for the same measure on purpose. */
export type AlertProduct = 'console' | 'tile' | 'guide' | 'contrail';

/**
 * When a message is sent. `opening`: each time an alert opens or closes. `once`: only the first time for a subject.
 * `change`: also when the findings change. `never`: no message, only shown.
 */
export type NotifyPolicy = 'opening' | 'once' | 'change' | 'never';

export interface RuleFacts {
  readonly id: string;
  /** Short name for lists: `unenrollment spike`. */
  readonly title: string;
  readonly product: AlertProduct;
  readonly severity: AlertSeverity;
  readonly threshold: number;
  /** The severity is critical above it, if there is one. */
  readonly criticalThreshold?: number;
  /** The source of the default threshold. */
  readonly thresholdSource: string;
  /** The condition as text, without the numbers of a case. */
  readonly formula: string;
  readonly notify: NotifyPolicy;
  /** An event is reported once; its alert is never open. */
  readonly isEvent?: boolean;
  readonly needs: readonly SourceName[];
}

export type Verdict =
  | {
      readonly kind: 'failing';
      readonly value: number | null;
      /** The condition with the numbers of this case: `412 / 3,104 = 13.3% > 10%`. */
      readonly formula: string;
      /** One sentence for people. */
      readonly summary: string;
      /** Only if worse than the rule's own. */
      readonly severity?: AlertSeverity;
      /** The findings without numbers that always change; compared for the policy `change`. */
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
  /** Path of the page about it; null if there is none. */
  readonly link: string | null;
}

export interface RuleResult {
  readonly rule: RuleFacts;
  readonly findings: readonly Finding[];
  /** Why the rule could not be evaluated for all subjects; null: it could. */
  readonly problem: string | null;
  /** Whether the findings cover every subject of the rule. */
  readonly isComplete: boolean;
  /** Subjects whose record cannot be read, so that nothing is known about them; default: none. */
  readonly unread?: ReadonlySet<string>;
}

export interface AlertRule extends RuleFacts {
  /** Evaluates every subject of the rule. Never throws. */
  evaluate(inputs: AlertInputs, limits?: RuleLimits): RuleResult;
}

/** Thresholds that differ from the defaults. */
export interface RuleLimits {
  readonly threshold?: number;
  readonly criticalThreshold?: number;
}

export type RuleContext<Needs extends SourceName> = {
  readonly now: number;
  readonly threshold: number;
  readonly criticalThreshold: number | undefined;
  readonly sources: { readonly [Name in Needs]: SourceValues[Name] };
  /** The time of each source, milliseconds since 1970. */
  readonly times: { readonly [Name in Needs]: number };
};

export interface RuleDefinition<Needs extends SourceName, Subject> extends RuleFacts {
  readonly needs: readonly Needs[];
  /** The current subjects of the rule. Open alerts about any other are resolved. */
  readonly subjects: (context: RuleContext<Needs>) => readonly Subject[];
  readonly nameOf: (subject: Subject) => string;
  /** Path of the page about a subject. */
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

/** A subject that cannot be evaluated does not stop the others. */
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

/** No link if the name does not fit into a URL. */
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

/** The sources of the rule, or the first that is missing and why. */
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
