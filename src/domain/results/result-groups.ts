/** Metrics in groups, as the console orders them (spec: pages, C11): what changed, guardrails, outcomes, the rest. */
import type { ConsoleRules } from '../console-rules.ts';
import { DAILY_ACTIVE_USERS } from '../trace/drawn-statistic.ts';
import type { MetricResult } from './metric-results.ts';
import type { ResultsFacts } from './results-facts.ts';

export interface ResultGroup {
  /** The value of the parameter `outcome`: the slug of an outcome, or the name of another group. */
  readonly key: string;
  readonly title: string;
  readonly metrics: readonly MetricResult[];
  /** Metrics of the group that are listed under notable changes. */
  readonly listedAbove: readonly MetricResult[];
}

export const NOTABLE_GROUP = 'notable';
export const GUARDRAIL_GROUP = 'guardrails';
export const OTHER_GROUP = 'other';
const NOTABLE_TITLE = 'Notable changes';

interface GroupInputs {
  readonly facts: Pick<ResultsFacts, 'outcomes'>;
  readonly rules: Pick<ConsoleRules, 'travels'>;
}

/** Every metric is in one group, but a notable one only in that of notable changes. Empty groups are left out. */
export function groupResults(results: readonly MetricResult[], inputs: GroupInputs): ResultGroup[] {
  const sorted = results.toSorted(byName);
  const groups = homeGroups(sorted, inputs).map(({ key, title, metrics }) => ({
    key,
    title,
    metrics: metrics.filter(({ isNotable }) => !isNotable),
    listedAbove: metrics.filter(isChanged),
  }));
  const notable = {
    key: NOTABLE_GROUP,
    title: NOTABLE_TITLE,
    metrics: sorted.filter(isChanged),
    listedAbove: [],
  };
  return [notable, ...groups].filter(({ metrics, listedAbove }) => metrics.length + listedAbove.length > 0);
}

/**
 * All metrics of one group, notable ones first; undefined if there is no such group. An outcome has its guardrails too, and
 * those that it shares with other outcomes.
 */
export function resultsOfGroup(
  results: readonly MetricResult[],
  key: string,
  inputs: GroupInputs,
): ResultGroup | undefined {
  const sorted = results.toSorted(byName);
  const outcome = inputs.facts.outcomes.find(({ slug }) => slug === key);
  const group =
    outcome === undefined
      ? homeGroups(sorted, inputs).find((home) => home.key === key)
      : { title: outcome.name, metrics: sorted.filter(({ metric }) => outcome.metrics.includes(metric)) };
  const found =
    key === NOTABLE_GROUP && outcome === undefined
      ? { title: NOTABLE_TITLE, metrics: sorted.filter(isChanged) }
      : group;
  if (found === undefined) return undefined;
  const metrics = found.metrics.toSorted((a, b) => Number(b.isNotable) - Number(a.isNotable));
  return { key, title: found.title, metrics, listedAbove: [] };
}

/** Where each metric belongs, whether it changed or not. */
function homeGroups(
  sorted: readonly MetricResult[],
  { facts, rules }: GroupInputs,
): { readonly key: string; readonly title: string; readonly metrics: readonly MetricResult[] }[] {
  const left = new Set(sorted);
  const take = (isOurs: (result: MetricResult) => boolean): MetricResult[] => {
    const taken = [...left].filter(isOurs);
    for (const result of taken) left.delete(result);
    return taken;
  };
  const guardrails = guardrailMetrics(sorted, rules);
  const outcomes = facts.outcomes.toSorted((a, b) => Number(b.isPrimary) - Number(a.isPrimary));
  return [
    { key: GUARDRAIL_GROUP, title: 'Guardrails', metrics: take(({ metric }) => guardrails.has(metric)) },
    ...outcomes.map(({ slug, name, metrics }) => ({
      key: slug,
      title: name,
      metrics: take(({ metric }) => metrics.includes(metric)),
    })),
    { key: OTHER_GROUP, title: 'Other metrics', metrics: take(() => true) },
  ];
}

/** Retention, searches, and daily active users; days of use where there are none. */
function guardrailMetrics(sorted: readonly MetricResult[], { travels }: Pick<ConsoleRules, 'travels'>): Set<string> {
  const hasActiveUsers = sorted.some(({ metric }) => metric === DAILY_ACTIVE_USERS);
  const retention = travels.flatMap(({ metrics }) => metrics);
  return new Set([...retention, 'search_count', hasActiveUsers ? DAILY_ACTIVE_USERS : 'days_of_use']);
}

function isChanged({ isNotable }: MetricResult): boolean {
  return isNotable;
}

function byName(a: MetricResult, b: MetricResult): number {
  return compare(a.name, b.name) || compare(a.metric, b.metric) || compare(a.statistic, b.statistic);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
