/** Rules G1 to G3: advice of the monitoring guide, with our own thresholds (spec: monitoring, section 7). */
import { daysSinceStart, type WatchedExperiment } from './inputs.ts';
import { type AlertRule, defineRule, type RuleContext, type Verdict } from './rule.ts';
import { isRunning } from './running.ts';
import { countText, durationText, namesText, percentText } from './text.ts';
import { isRollingHoldback } from '../domain/rolling-holdback.ts';
import { MS_PER_DAY, MS_PER_HOUR } from '../domain/utc-time.ts';
import { enrollmentsLink } from '../domain/page-links.ts';

const OURS = 'ours: the guide has no number';
const NO_COUNTS: Verdict = { kind: 'no_data', reason: 'it has no enrollment counts' };
/** Allowed: 50–150 % of the expected clients. */
const FEWEST_SHARE = 0.5;

const NOBODY_ENROLLS = defineRule({
  id: 'G1',
  title: 'nobody enrolls',
  product: 'guide',
  severity: 'critical',
  threshold: 2,
  thresholdSource: 'ours: the monitoring guide says 15 min to 2 h after launch',
  formula: '0 enrollments, threshold hours after launch',
  notify: 'opening',
  needs: ['experiments', 'enrollmentCounts'],
  subjects,
  nameOf,
  linkOf: ({ slug }) => enrollmentsLink(slug),
  check: (experiment, { sources, times, threshold }) => {
    const counts = sources.enrollmentCounts.get(experiment.slug);
    const launch = latestLaunch(experiment);
    if (counts === undefined || launch === undefined) return NO_COUNTS;
    const waited = times.enrollmentCounts - launch;
    const enrolled = counts.totalEnrollments;
    const formula = `${countText(enrolled)} enrollments, ${durationText(Math.max(0, waited))} after launch (limit ${threshold} h)`;
    if (enrolled > 0 || waited < threshold * MS_PER_HOUR) return { kind: 'passing', value: enrolled, formula };
    return {
      kind: 'failing',
      value: 0,
      formula,
      summary: `Nobody has enrolled in ${experiment.slug} since its launch.`,
    };
  },
});

const FAR_FROM_EXPECTED = defineRule({
  id: 'G2',
  title: 'enrollment far from expected',
  product: 'guide',
  severity: 'warning',
  threshold: FEWEST_SHARE,
  thresholdSource: `${OURS}, only the advice to compare`,
  formula:
    'total_enrollments / (eligible_count x targeted_percent x min(1, days / proposed_enrollment)) outside threshold … 2 - threshold',
  notify: 'opening',
  needs: ['experiments', 'enrollmentCounts'],
  subjects: (context) => subjects(context).filter((experiment) => (daysSinceStart(experiment, context.now) ?? 0) >= 1),
  nameOf,
  linkOf: ({ slug }) => enrollmentsLink(slug),
  check: (experiment, { sources, now, threshold }) => {
    // The enrollment of these is planned by dates that move, or that were copied with the experiment.
    if (experiment.doRerun || isRollingHoldback(experiment, now))
      return { kind: 'no_data', reason: 'the expected clients of a holdback or a rerun cannot be computed' };
    const counts = sources.enrollmentCounts.get(experiment.slug);
    if (counts === undefined) return NO_COUNTS;
    if (experiment.eligibleClients === null)
      return { kind: 'no_data', reason: 'the number of eligible clients is unknown' };
    const days = daysSinceStart(experiment, now) ?? 0;
    const progress = experiment.proposedEnrollment <= 0 ? 1 : Math.min(1, days / experiment.proposedEnrollment);
    const expected = experiment.eligibleClients * experiment.targetedPercent * progress;
    if (expected <= 0) return { kind: 'no_data', reason: 'no clients are expected' };
    const share = counts.totalEnrollments / expected;
    const formula = `${countText(counts.totalEnrollments)} / ${countText(expected)} = ${percentText(share)}; allowed ${percentText(threshold)} to ${percentText(2 - threshold)}`;
    if (share >= threshold && share <= 2 - threshold) return { kind: 'passing', value: share, formula };
    const summary = `${experiment.slug} has ${percentText(share)} of the clients expected by now.`;
    return { kind: 'failing', value: share, formula, summary };
  },
});

const BRANCH_MISSING = defineRule({
  id: 'G3',
  title: 'branch missing',
  product: 'guide',
  severity: 'critical',
  threshold: 500,
  thresholdSource: OURS,
  formula:
    'total_enrollments >= threshold and a branch with ratio > 0 has none, or a branch in events that the recipe lacks',
  notify: 'change',
  needs: ['experiments', 'enrollmentCounts'],
  subjects,
  nameOf,
  linkOf: ({ slug }) => enrollmentsLink(slug),
  check: ({ slug, branches }, { sources, threshold }) => {
    const counts = sources.enrollmentCounts.get(slug);
    if (counts === undefined) return NO_COUNTS;
    const enrolled = counts.totalEnrollments;
    const isLarge = enrolled >= threshold;
    const empty = branches.filter(
      ({ slug: name, ratio }) => ratio > 0 && (counts.branches.get(name)?.enrollments ?? 0) === 0,
    );
    const missing = isLarge ? empty.map((branch) => branch.slug) : [];
    const configured = new Set(branches.map((branch) => branch.slug));
    const unknown = [...counts.branches.keys()].filter((name) => !configured.has(name));
    const value = missing.length + unknown.length;
    const formula = `${missing.length} of ${branches.length} branches without clients, ${unknown.length} unknown; ${countText(enrolled)} enrolled (limit ${countText(threshold)})`;
    if (value === 0) return { kind: 'passing', value, formula };
    const sentences = [
      missing.length === 0 ? '' : `Nobody is in ${namesText(missing)}.`,
      unknown.length === 0 ? '' : `The recipe does not have ${namesText(unknown)}.`,
    ].filter((sentence) => sentence !== '');
    const changeKey = JSON.stringify([missing, unknown]);
    return { kind: 'failing', value, formula, summary: `Branches of ${slug}: ${sentences.join(' ')}`, changeKey };
  },
});

export const GUIDE_RULES: readonly AlertRule[] = [NOBODY_ENROLLS, FAR_FROM_EXPECTED, BRANCH_MISSING];

function subjects({ sources, now }: RuleContext<'experiments' | 'enrollmentCounts'>): WatchedExperiment[] {
  return sources.experiments.filter((experiment) => isRunning(experiment, now));
}

/** The latest possible time of the launch: for a date, the end of the day. */
function latestLaunch({ launchedAt, startDate }: WatchedExperiment): number | undefined {
  if (launchedAt !== null) return launchedAt;
  return startDate === null ? undefined : Date.parse(`${startDate}T00:00:00Z`) + MS_PER_DAY;
}

function nameOf(experiment: WatchedExperiment): string {
  return experiment.slug;
}
