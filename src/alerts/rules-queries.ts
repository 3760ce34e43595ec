/** Rules Q1 and Q2: configured queries that are late or expensive (spec: today, section 5). */
import { noLink } from '../domain/page-links.ts';
import { dayOf, MS_PER_DAY, MS_PER_HOUR } from '../domain/utc-time.ts';
import type { WatchedQuery } from './inputs.ts';
import { type AlertRule, defineRule } from './rule.ts';
import { durationText, usdText } from './text.ts';

/** Frequent queries may fail for this long. */
const SHORTEST_LIMIT_MS = MS_PER_HOUR;

const QUERY_LATE = defineRule({
  id: 'Q1',
  title: 'query late',
  product: 'contrail',
  severity: 'warning',
  threshold: 3,
  thresholdSource: 'ours: a query may fail twice in a row',
  formula: 'time since the newest success of the query > threshold × its cadence, and > 1 h',
  notify: 'opening',
  needs: ['watchedQueries'],
  subjects: ({ sources }) => sources.watchedQueries,
  nameOf: ({ name }) => name,
  linkOf: noLink,
  check: ({ name, cadenceMs, succeededAt, ranAt }, { now, threshold }) => {
    const limitMs = Math.max(threshold * cadenceMs, SHORTEST_LIMIT_MS);
    const since = succeededAt ?? ranAt;
    if (since === null) return { kind: 'no_data', reason: `query ${name} has not run yet` };
    const ageMs = now - since;
    const formula = `${durationText(ageMs)} ${ageMs > limitMs ? '>' : '≤'} ${durationText(limitMs)}`;
    if (ageMs <= limitMs) return { kind: 'passing', value: ageMs, formula };
    const last = succeededAt === null ? 'has never succeeded' : `last succeeded ${durationText(ageMs)} ago`;
    const summary = `Query ${name} ${last}; it is due every ${durationText(cadenceMs)}. Its files stay as they were.`;
    return { kind: 'failing', value: ageMs, formula, summary };
  },
});

/** How much of the history the first rule needs. */
export function watchedForMs({ cadenceMs }: Pick<WatchedQuery, 'cadenceMs'>): number {
  return 3 * Math.max(QUERY_LATE.threshold * cadenceMs, SHORTEST_LIMIT_MS);
}

/** Today and the day before. */
const RECENT_DAYS = 1;

const QUERY_DAY_COST = defineRule({
  id: 'Q2',
  title: 'expensive queries',
  product: 'contrail',
  severity: 'warning',
  threshold: 5,
  thresholdSource: 'ours: CONTRAIL_QUERIES_DAILY_BUDGET_USD, at which queries stop until the next day',
  formula: 'cost of the configured queries of one day > threshold',
  notify: 'opening',
  needs: ['runs'],
  subjects: ({ sources, now }) => {
    const days = new Map<string, number>();
    for (const { product, finishedAt, costUsd } of sources.runs) {
      const day = dayOf(finishedAt);
      if (product !== 'query' || day < dayOf(now - RECENT_DAYS * MS_PER_DAY)) continue;
      days.set(day, (days.get(day) ?? 0) + costUsd);
    }
    return [...days].map(([day, usd]) => ({ day, usd }));
  },
  nameOf: ({ day }) => day,
  linkOf: noLink,
  check: ({ day, usd }, { threshold }) => {
    const formula = `${usdText(usd)} ${usd > threshold ? '>' : '≤'} ${usdText(threshold)}`;
    if (usd <= threshold) return { kind: 'passing', value: usd, formula };
    const summary = `The configured queries of ${day} cost ${usdText(usd)}, more than their daily budget.`;
    return { kind: 'failing', value: usd, formula, summary };
  },
});

export const QUERY_RULES: readonly AlertRule[] = [QUERY_LATE, QUERY_DAY_COST];
