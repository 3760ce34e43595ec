/** Rules A1 to A3, G4 and G5: errors of the analysis, and missing, new or old results (spec: monitoring, section 7). */
import { createHash } from 'node:crypto';
import { type AnalysisError, daysSinceStart, type SourceValues, type WatchedExperiment } from './inputs.ts';
import { type AlertRule, defineRule } from './rule.ts';
import { isRunning } from './running.ts';
import { durationText, namesText, pluralText } from './text.ts';
import type { AnalysisPeriod } from '../domain/analysis-period.ts';
import { enrollmentEnd, expectedPeriods, isResultsWatchOver, WEEKLY_AFTER_DAYS } from '../domain/expected-files.ts';
import { SKIPPED_EXCEPTIONS } from '../domain/expected-exceptions.ts';
import { normaliseSlug } from '../domain/slug.ts';
import { statisticsObjectName } from '../domain/statistics-name.ts';
import { assignTables, mayBelong } from '../domain/table-owners.ts';
import { dayOf, daysBetween, MS_PER_DAY, MS_PER_HOUR } from '../domain/utc-time.ts';
import { filesLink } from '../domain/page-links.ts';

/** Expected or harmless. `NoSlugException` is neither, although the analysis counts it as skipped. */
const QUIET_EXCEPTIONS = new Set<string>([
  ...SKIPPED_EXCEPTIONS.filter((name) => name !== 'NoSlugException'),
  'PreconditionFailed',
]);

const ANALYSIS_ERROR = defineRule({
  id: 'A1',
  title: 'analysis error',
  product: 'console',
  severity: 'warning',
  threshold: 0,
  thresholdSource: 'Experimenter: alert',
  formula: 'groups whose first error has an exception type that is neither skipped nor harmless > threshold',
  notify: 'change',
  needs: ['errors'],
  subjects: ({ sources }) => [...sources.errors].map(([slug, errors]) => ({ slug, errors })),
  nameOf: ({ slug }) => slug,
  linkOf: ({ slug }) => filesLink(slug),
  check: ({ slug, errors }, { threshold }) => {
    const groups = alarmingGroups(errors);
    const formula = `${pluralText(groups.length, 'group')} with errors`;
    if (groups.length <= threshold) return { kind: 'passing', value: groups.length, formula };
    const summary = `The analysis of ${slug} has errors: ${namesText(groups, 5)}.`;
    return { kind: 'failing', value: groups.length, formula, summary, changeKey: digestOf(groups) };
  },
});

const RESULTS_MISSING = defineRule({
  id: 'A2',
  title: 'results missing',
  product: 'console',
  severity: 'warning',
  threshold: 0,
  thresholdSource: 'Experimenter: refresh',
  formula: 'results files that are expected and absent > threshold',
  notify: 'change',
  needs: ['experiments', 'metricHub', 'objects'],
  subjects: ({ sources, now }) =>
    sources.experiments.filter(
      (experiment) => isWatched(experiment, now) && expectedOf(experiment, sources, now).length > 0,
    ),
  nameOf: (experiment) => experiment.slug,
  linkOf: ({ slug }) => filesLink(slug),
  check: (experiment, { sources, now, threshold }) => {
    const expected = expectedOf(experiment, sources, now);
    const missing = expected.filter((period) => !sources.objects.has(statisticsObjectName(experiment.slug, period)));
    const formula = `${missing.length} of ${expected.length} expected files are missing`;
    if (missing.length <= threshold) return { kind: 'passing', value: missing.length, formula };
    const summary = `${experiment.slug} lacks expected results: ${missing.join(', ')}.`;
    return { kind: 'failing', value: missing.length, formula, summary, changeKey: missing.join() };
  },
});

const RESULTS_READY = defineRule({
  id: 'A3',
  title: 'results ready',
  product: 'console',
  severity: 'info',
  threshold: 0,
  thresholdSource: 'Experimenter: message',
  formula: 'weekly or overall results exist for the first time',
  notify: 'once',
  isEvent: true,
  needs: ['experiments', 'objects'],
  subjects: ({ sources, now }) =>
    sources.experiments
      .filter((experiment) => isWatched(experiment, now))
      .flatMap(({ slug }) => (['weekly', 'overall'] as const).map((period) => ({ slug, period })))
      .filter(({ slug, period }) => sources.objects.has(statisticsObjectName(slug, period))),
  nameOf: ({ slug, period }: { slug: string; period: AnalysisPeriod }) => `${slug} ${period}`,
  linkOf: ({ slug }) => filesLink(slug),
  check: ({ slug, period }) => ({
    kind: 'failing',
    value: null,
    formula: `${statisticsObjectName(slug, period)} exists`,
    summary: `The first ${period} results of ${slug} are ready.`,
  }),
});

const RESULTS_OLD = defineRule({
  id: 'G4',
  title: 'no fresh results',
  product: 'contrail',
  severity: 'warning',
  threshold: 8,
  thresholdSource: 'ours: a week, plus a day for the analysis',
  formula: 'days since a statistics table of the experiment changed >= threshold, while live and weekly is expected',
  notify: 'opening',
  needs: ['experiments', 'metricHub', 'tables'],
  subjects: ({ sources, now }) =>
    sources.experiments.filter(
      (experiment) => isRunning(experiment, now) && expectedOf(experiment, sources, now).includes('weekly'),
    ),
  nameOf: (experiment) => experiment.slug,
  linkOf: ({ slug }) => filesLink(slug),
  check: (experiment, { sources, now, threshold }) => {
    const { slug } = experiment;
    const newest = newestChange(slug, sources);
    if (newest === undefined) {
      const waited = daysBetween(enrollmentEnd(experiment) ?? '', dayOf(now)) ?? 0;
      const formula = `no statistics table ${waited} days after enrollment, expected after ${WEEKLY_AFTER_DAYS}`;
      return { kind: 'failing', value: waited, formula, summary: `${slug} has no statistics tables.` };
    }
    const age = now - newest;
    const isOld = age >= threshold * MS_PER_DAY;
    const formula = `${durationText(age)} ${isOld ? '≥' : '<'} ${threshold} d`;
    const days = age / MS_PER_DAY;
    if (!isOld) return { kind: 'passing', value: days, formula };
    return {
      kind: 'failing',
      value: days,
      formula,
      summary: `${slug}: no statistics table has changed for ${threshold} days.`,
    };
  },
});

const RERUN_WITHOUT_RESULT = defineRule({
  id: 'G5',
  title: 'rerun without result',
  product: 'contrail',
  severity: 'info',
  threshold: 12,
  thresholdSource: 'ours: a rerun may take 12 hours',
  formula: 'hours since a rerun was asked for >= threshold, and no overall table has changed since',
  // A holdback without an end is marked every week and never gets an overall table.
  notify: 'once',
  needs: ['experiments', 'tables'],
  subjects: ({ sources, now }) =>
    sources.experiments.filter((experiment) => isRunning(experiment, now) && experiment.doRerun),
  nameOf: (experiment) => experiment.slug,
  linkOf: ({ slug }) => filesLink(slug),
  check: ({ slug, rerunRequestedAt: requested }, { sources, now, threshold }) => {
    if (requested === null) return { kind: 'no_data', reason: 'the time of the request is unknown' };
    const changed = newestChange(slug, sources, 'overall') ?? -Infinity;
    const hours = (now - requested) / MS_PER_HOUR;
    const asked = `asked for ${durationText(Math.max(0, now - requested))} ago`;
    if (changed >= requested) return { kind: 'passing', value: hours, formula: `${asked}, an overall table is newer` };
    const formula = `${asked}, no overall table since (limit ${threshold} h)`;
    if (hours < threshold) return { kind: 'passing', value: hours, formula };
    const summary = `${slug}: the rerun of ${dayOf(requested)} has brought no result.`;
    return { kind: 'failing', value: hours, formula, summary };
  },
});

export const RESULT_RULES: readonly AlertRule[] = [
  ANALYSIS_ERROR,
  RESULTS_MISSING,
  RESULTS_READY,
  RESULTS_OLD,
  RERUN_WITHOUT_RESULT,
];

/** `ad_clicks (ValueError)` for each failing group, sorted. Only the first error of a group counts. */
function alarmingGroups(errors: readonly AnalysisError[]): string[] {
  const first = new Map<string, string>();
  for (const { metric, exceptionType } of errors) {
    const group = metric ?? 'experiment';
    if (!first.has(group)) first.set(group, exceptionType ?? '');
  }
  return [...first]
    .filter(([, type]) => type !== '' && !QUIET_EXCEPTIONS.has(type))
    .map(([group, type]) => `${group} (${type})`)
    .sort();
}

function expectedOf(
  experiment: WatchedExperiment,
  { metricHub: { leftOut } }: Pick<SourceValues, 'metricHub'>,
  now: number,
): AnalysisPeriod[] {
  return expectedPeriods({ ...experiment, isLeftOut: leftOut.has(experiment.slug) }, now);
}

/** From the day after the start to some days after the end. Rollouts are never analysed (`RolloutSkipException`). */
function isWatched(experiment: WatchedExperiment, now: number): boolean {
  return !experiment.isRollout && (daysSinceStart(experiment, now) ?? 0) >= 1 && !isResultsWatchOver(experiment, now);
}

/** When the newest of an experiment's window tables changed; with a period, only tables of that. */
function newestChange(
  slug: string,
  { tables, experiments }: Pick<SourceValues, 'tables' | 'experiments'>,
  period?: AnalysisPeriod,
): number | undefined {
  const prefix = `statistics_${normaliseSlug(slug)}_`;
  const near = tables
    .filter(({ name }) => name.startsWith(prefix))
    .map((table) => ({ ...table, kind: 'table' as const }));
  const { windows } = assignTables(
    near,
    experiments.map((experiment) => experiment.slug),
  );
  const own = windows.filter((owned) => mayBelong(owned, slug) && (period === undefined || owned.period === period));
  const names = new Set(own.map(({ table }) => table));
  const changes = near.filter(({ name }) => names.has(name)).map(({ changedAt }) => changedAt);
  return changes.length === 0 ? undefined : changes.reduce((newest, change) => Math.max(newest, change));
}

function digestOf(groups: readonly string[]): string {
  return createHash('sha256').update(groups.join('\n')).digest('hex').slice(0, 16);
}
