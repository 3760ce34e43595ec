/** All alert rules and their evaluation. A rule that cannot be evaluated raises alert X1. */
import type { AlertInputs, SourceName } from './inputs.ts';
import type { AlertRule, Finding, RuleFacts, RuleLimits, RuleResult } from './rule.ts';
import { CONSOLE_RULES } from './rules-console.ts';
import { COST_RULES } from './rules-cost.ts';
import { DUE_RULES } from './rules-due.ts';
import { GUIDE_RULES } from './rules-guide.ts';
import { OPERATION_RULES } from './rules-operation.ts';
import { QUERY_RULES } from './rules-queries.ts';
import { RESULT_RULES } from './rules-results.ts';
import { TILE_RULES } from './rules-tile.ts';

export const ALERT_RULES: readonly AlertRule[] = [
  ...CONSOLE_RULES,
  ...DUE_RULES,
  ...RESULT_RULES,
  ...TILE_RULES,
  ...GUIDE_RULES,
  ...COST_RULES,
  ...OPERATION_RULES,
  ...QUERY_RULES,
];

const ENROLLMENT_SOURCES: ReadonlySet<SourceName> = new Set(['experiments', 'enrollmentCounts', 'enrollmentFunnel']);

/** The rules about enrollments and dates of experiments, which need nothing else. */
export const ENROLLMENT_RULES: readonly AlertRule[] = ALERT_RULES.filter(({ needs }) =>
  needs.every((name) => ENROLLMENT_SOURCES.has(name)),
);

/** A failed check is an alert too, so that silence never looks like health. */
export const CHECK_FAILED: RuleFacts = {
  id: 'X1',
  title: 'check failed',
  product: 'contrail',
  severity: 'warning',
  threshold: 0,
  thresholdSource: 'ours: a failed check must be visible and must not stop the others',
  formula: 'sources that cannot be read or used, and rules that fail',
  notify: 'change',
  needs: [],
};

/** The results of all rules, X1 last. `limits`: thresholds by rule that differ from the defaults. */
export function evaluateRules(
  rules: readonly AlertRule[],
  inputs: AlertInputs,
  limits: Readonly<Record<string, RuleLimits>> = {},
): RuleResult[] {
  const results = rules.map((rule) => rule.evaluate(inputs, limits[rule.id]));
  return [...results, failedChecks(results, inputs)];
}

function failedChecks(results: readonly RuleResult[], inputs: AlertInputs): RuleResult {
  const missing = Object.entries(inputs.sources).flatMap(([name, reading]) => {
    if (reading.kind === 'missing') {
      return [checkFinding(name, `The alert source ${name} cannot be read: ${reading.reason}`)];
    }
    const { problem } = reading;
    return problem === undefined ? [] : [checkFinding(name, `The alert source ${name} cannot be used: ${problem}`)];
  });
  const isMissing = (name: SourceName): boolean => inputs.sources[name].kind === 'missing';
  const failing = results
    .filter(({ rule, problem }) => problem !== null && !rule.needs.some(isMissing))
    .map(({ rule, problem }) => checkFinding(rule.id, `Rule ${rule.id} (${rule.title}) failed: ${problem}`));
  return { rule: CHECK_FAILED, findings: [...missing, ...failing], problem: null, isComplete: true };
}

/** The text ends with a reason: an error's message, which is a sentence, or words of ours without a full stop. */
function checkFinding(subject: string, text: string): Finding {
  const summary = text.endsWith('.') ? text : `${text}.`;
  return {
    rule: CHECK_FAILED.id,
    subject,
    severity: CHECK_FAILED.severity,
    threshold: CHECK_FAILED.threshold,
    link: null,
    verdict: { kind: 'failing', value: 1, formula: CHECK_FAILED.formula, summary },
  };
}
