/** Inputs of alert rules for tests: one healthy experiment, and whatever a test changes about it. */
import { type EnrollmentCounts, featureConflict, type FunnelRow } from '../../src/alerts/enrollment-checks.ts';
import type { EnrollmentFunnel } from '../../src/alerts/enrollment-funnel.ts';
import type { AlertInputs, SourceName, SourceValues, WatchedExperiment } from '../../src/alerts/inputs.ts';
import type { Finding, RuleLimits } from '../../src/alerts/rule.ts';
import { ALERT_RULES, evaluateRules } from '../../src/alerts/rules.ts';

export const NOW = Date.parse('2026-01-15T12:00:00Z');

export function experiment(parts: Partial<WatchedExperiment> = {}): WatchedExperiment {
  return {
    slug: 'my-slug',
    appName: 'firefox_desktop',
    status: 'Live',
    startDate: '2026-01-10',
    endDate: null,
    enrollmentEndDate: null,
    proposedEnrollment: 14,
    proposedDuration: 42,
    isRollout: false,
    isHoldback: false,
    doRerun: false,
    rerunRequestedAt: null,
    isEnrollmentPaused: false,
    branches: [
      { slug: 'control', ratio: 1 },
      { slug: 'treatment', ratio: 1 },
    ],
    targetedPercent: 0.1,
    launchedAt: null,
    eligibleClients: null,
    ...parts,
  };
}

/** Enrolled and unenrolled clients of each branch. */
export function counts(branches: Record<string, readonly [number, number]>): EnrollmentCounts {
  const entries = Object.entries(branches);
  return {
    totalEnrollments: entries.reduce((sum, [, [enrolled]]) => sum + enrolled, 0),
    totalUnenrollments: entries.reduce((sum, [, [, unenrolled]]) => sum + unenrolled, 0),
    branches: new Map(entries.map(([name, [enrollments, unenrollments]]) => [name, { enrollments, unenrollments }])),
    reasonsByBranch: new Map(),
  };
}

/** The funnel rows of each slug, written just now. */
export function funnel(rows: Readonly<Record<string, readonly FunnelRow[]>>, changedAt = NOW): EnrollmentFunnel {
  const slugs = Object.entries(rows).map(
    ([slug, list]) =>
      [slug, { kind: 'list', rows: { all: list.length, malformed: 0 }, ...featureConflict(list) }] as const,
  );
  return { kind: 'read', changedAt, slugs: new Map(slugs) };
}

const HEALTHY: SourceValues = {
  experiments: [experiment()],
  metricHub: { leftOut: new Set() },
  enrollmentCounts: new Map([['my-slug', counts({ control: [5000, 10], treatment: [5000, 10] })]]),
  enrollmentFunnel: funnel({ 'my-slug': [{ reason: 'Qualified', conflictSlug: null, clientCount: 100 }] }),
  errors: new Map(),
  objects: new Set(['statistics/statistics_my_slug_daily.json']),
  tables: [],
  queries: [],
  runs: [],
  files: [],
  records: [],
  throttling: [],
  logs: { uncategorized: 0, critical: new Map() },
  watchedQueries: [],
};

/** All sources as of now, healthy but for these; a text instead of a value is why the source is missing. */
export function alertInputs(
  changes: { readonly [Name in SourceName]?: SourceValues[Name] | string } = {},
  now = NOW,
): AlertInputs {
  const sources = Object.entries({ ...HEALTHY, ...changes }).map(([name, value]) => [
    name,
    typeof value === 'string' ? { kind: 'missing', reason: value } : { kind: 'read', value, at: now },
  ]);
  return { now, sources: Object.fromEntries(sources) as AlertInputs['sources'] };
}

/** What one rule finds, by subject. */
export function findingsOf(rule: string, inputs: AlertInputs, limits: RuleLimits = {}): Finding[] {
  const results = evaluateRules(ALERT_RULES, inputs, { [rule]: limits });
  return results.filter((result) => result.rule.id === rule).flatMap((result) => result.findings);
}

/** The verdict of one rule about its first subject; `not concerned` where it has none. */
export function verdictOf(rule: string, inputs: AlertInputs, limits: RuleLimits = {}): string {
  return findingsOf(rule, inputs, limits)[0]?.verdict.kind ?? 'not concerned';
}
