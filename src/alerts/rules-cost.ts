/** Rules C1 to C4: high costs. Estimates at list prices, as in `query_cost_v1`. */
import { type AlertRule, defineRule, type RuleContext, type Verdict } from './rule.ts';
import { usdText } from './text.ts';
import { dayOf, MS_PER_DAY } from '../domain/utc-time.ts';
import { noLink } from '../domain/page-links.ts';

/** Two days, like the dashboards: `query_cost_v1` is a day behind. */
const RECENT_DAYS = 2;

interface Cost {
  readonly name: string;
  readonly usd: number;
}

const QUERY_COST = defineRule({
  id: 'C1',
  title: 'expensive query',
  product: 'contrail',
  severity: 'warning',
  threshold: 0.2,
  criticalThreshold: 1,
  thresholdSource: 'ours: 0.20 USD warn, 1 USD alert (documented without a threshold)',
  formula: 'highest cost of one query into the table in the last two days > threshold',
  notify: 'opening',
  needs: ['queries'],
  subjects: ({ sources, now }) =>
    highest(recent(sources.queries, now).map(({ table, costUsd }) => ({ name: table, usd: costUsd }))),
  nameOf,
  linkOf: noLink,
  check: (cost, context) => judgeCost(cost, context, (usd) => `One query into ${cost.name} cost ${usd}.`),
});

const RUN_COST = defineRule({
  id: 'C2',
  title: 'expensive run',
  product: 'contrail',
  severity: 'warning',
  threshold: 0.2,
  criticalThreshold: 1,
  thresholdSource: 'ours: as for one query, because a run makes one',
  formula: 'highest cost of one run of Contrail for the experiment in the last two days > threshold',
  notify: 'opening',
  needs: ['runs'],
  subjects: ({ sources, now }) =>
    highest(
      sources.runs
        .filter(({ finishedAt }) => isRecent(finishedAt, now))
        .map(({ experiment, product, costUsd }) => ({ name: experiment ?? product, usd: costUsd })),
    ),
  nameOf,
  linkOf: noLink,
  check: (cost, context) => judgeCost(cost, context, (usd) => `One run of Contrail for ${cost.name} cost ${usd}.`),
});

const DAY_COST = defineRule({
  id: 'C3',
  title: 'expensive day',
  product: 'contrail',
  severity: 'warning',
  threshold: 5,
  criticalThreshold: 25,
  thresholdSource: 'ours: twice the dearest usual day (1.50 to 2.40 USD), and ten times that day',
  formula: "cost of the analysis' queries and of Contrail's runs of one day > threshold",
  notify: 'opening',
  needs: ['queries', 'runs'],
  subjects: ({ sources, now }) =>
    totals([
      ...recent(sources.queries, now).map(({ submittedAt, costUsd }) => ({ name: dayOf(submittedAt), usd: costUsd })),
      ...sources.runs
        .filter(({ finishedAt }) => isRecent(finishedAt, now))
        .map(({ finishedAt, costUsd }) => ({ name: dayOf(finishedAt), usd: costUsd })),
    ]),
  nameOf,
  linkOf: noLink,
  check: (cost, context) => judgeCost(cost, context, (usd) => `The queries of ${cost.name} cost ${usd}.`),
});

const EXPERIMENT_COST = defineRule({
  id: 'C4',
  title: 'expensive experiment',
  product: 'contrail',
  severity: 'warning',
  threshold: 20,
  criticalThreshold: 100,
  thresholdSource: 'ours: a third of what all experiments together usually cost in 30 days',
  formula: "cost of the analysis' queries and of Contrail's runs for the experiment in 30 days > threshold",
  notify: 'opening',
  needs: ['queries', 'runs'],
  subjects: ({ sources }) =>
    totals(
      [...sources.queries, ...sources.runs].flatMap(({ experiment, costUsd }) =>
        experiment === null ? [] : [{ name: experiment, usd: costUsd }],
      ),
    ),
  nameOf,
  linkOf: noLink,
  check: (cost, context) => judgeCost(cost, context, (usd) => `${cost.name} has cost ${usd} in 30 days.`),
});

export const COST_RULES: readonly AlertRule[] = [QUERY_COST, RUN_COST, DAY_COST, EXPERIMENT_COST];

function judgeCost(
  { usd }: Cost,
  { threshold, criticalThreshold }: Pick<RuleContext<never>, 'threshold' | 'criticalThreshold'>,
  sentence: (usd: string) => string,
): Verdict {
  const isCritical = criticalThreshold !== undefined && usd > criticalThreshold;
  const limit = isCritical ? criticalThreshold : threshold;
  const formula = `${usdText(usd)} ${usd > limit ? '>' : '≤'} ${usdText(limit)}`;
  if (usd <= threshold) return { kind: 'passing', value: usd, formula };
  const severity = isCritical ? 'critical' : 'warning';
  return { kind: 'failing', value: usd, formula, summary: sentence(usdText(usd)), severity };
}

function recent<Query extends { readonly submittedAt: number }>(queries: readonly Query[], now: number): Query[] {
  return queries.filter(({ submittedAt }) => isRecent(submittedAt, now));
}

/** Today or one of the two days before. */
function isRecent(time: number, now: number): boolean {
  return time <= now && dayOf(time) >= dayOf(now - RECENT_DAYS * MS_PER_DAY);
}

function highest(costs: readonly Cost[]): Cost[] {
  return merged(costs, Math.max);
}

function totals(costs: readonly Cost[]): Cost[] {
  return merged(costs, (a, b) => a + b);
}

function merged(costs: readonly Cost[], merge: (a: number, b: number) => number): Cost[] {
  const byName = new Map<string, number>();
  for (const { name, usd } of costs) byName.set(name, merge(byName.get(name) ?? 0, usd));
  return [...byName].map(([name, usd]) => ({ name, usd }));
}

function nameOf(cost: Cost): string {
  return cost.name;
}
