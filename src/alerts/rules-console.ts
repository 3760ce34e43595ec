/** Rules M1 to M4: enrollment alerts that the console sends to owners (spec: monitoring, section 7). */
import {
  FEATURE_CONFLICT_LIMIT,
  isEnrollmentLow,
  LOW_ENROLLMENT_DAYS,
  LOW_ENROLLMENT_LIMIT,
  topUnenrollmentReason,
  UNENROLLMENT_SPIKE_LIMIT,
  unenrollmentRate,
} from './enrollment-checks.ts';
import { enrollmentRatio, ratioFormula } from './enrollment-ratio.ts';
import { funnelVerdict, hasFunnel } from './enrollment-funnel.ts';
import { daysSinceStart, type WatchedExperiment } from './inputs.ts';
import { type AlertRule, defineRule, type Verdict } from './rule.ts';
import { isRunning } from './running.ts';
import { countText, namesText, percentText, pluralText } from './text.ts';
import { isMismatch, SRM_DEVIATION_LIMIT, SRM_P_LIMIT } from '../domain/sample-ratio/sample-ratio.ts';
import { enrollmentsLink } from '../domain/page-links.ts';

const CONSOLE = 'Experimenter: alert';
const NO_COUNTS: Verdict = { kind: 'no_data', reason: 'it has no enrollment counts' };

const UNENROLLMENT_SPIKE = defineRule({
  id: 'M1',
  title: 'unenrollment spike',
  product: 'console',
  severity: 'critical',
  threshold: UNENROLLMENT_SPIKE_LIMIT,
  thresholdSource: CONSOLE,
  formula: 'total_unenrollments / total_enrollments > threshold',
  notify: 'once',
  needs: ['experiments', 'enrollmentCounts'],
  subjects: ({ sources, now }) => sources.experiments.filter((experiment) => isWatched(experiment, now)),
  nameOf: (experiment) => experiment.slug,
  linkOf: ({ slug }) => enrollmentsLink(slug),
  check: ({ slug }, { sources, threshold }) => {
    const counts = sources.enrollmentCounts.get(slug);
    if (counts === undefined) return NO_COUNTS;
    const rate = unenrollmentRate(counts);
    const parts = `${countText(counts.totalUnenrollments)} / ${countText(counts.totalEnrollments)}`;
    const isSpike = rate > threshold;
    const formula = `${parts} = ${percentText(rate)} ${isSpike ? '>' : '≤'} ${percentText(threshold)}`;
    if (!isSpike) return { kind: 'passing', value: rate, formula };
    const reason = topUnenrollmentReason(counts);
    const summary = `${slug}: ${percentText(rate)} of enrolled clients have unenrolled, mostly because of ${reason}.`;
    return { kind: 'failing', value: rate, formula, summary };
  },
});

const SAMPLE_RATIO = defineRule({
  id: 'M2',
  title: 'sample ratio mismatch',
  product: 'console',
  severity: 'critical',
  threshold: SRM_P_LIMIT,
  thresholdSource: CONSOLE,
  formula: `p < threshold and largest share deviation >= ${SRM_DEVIATION_LIMIT}`,
  notify: 'once',
  needs: ['experiments', 'enrollmentCounts'],
  subjects: ({ sources, now }) =>
    sources.experiments.filter((experiment) => isWatched(experiment, now) && !experiment.isRollout),
  nameOf: (experiment) => experiment.slug,
  linkOf: ({ slug }) => enrollmentsLink(slug),
  check: ({ slug, branches }, { sources, threshold }) => {
    const counts = sources.enrollmentCounts.get(slug);
    if (counts === undefined) return NO_COUNTS;
    const ratio = enrollmentRatio(counts, branches);
    if (ratio.kind === 'no_data') return { kind: 'no_data', reason: ratio.reason };
    const { test } = ratio;
    const formula = ratioFormula(test);
    if (!isMismatch(test, threshold)) return { kind: 'passing', value: test.pValue, formula };
    const shares = test.branches.map(
      ({ branch, share, expectedShare }) => `${branch} ${percentText(share)} (expected ${percentText(expectedShare)})`,
    );
    const summary = `${slug}: sample ratio mismatch: ${namesText(shares, 5)}.`;
    return { kind: 'failing', value: test.pValue, formula, summary };
  },
});

const LOW_ENROLLMENT = defineRule({
  id: 'M3',
  title: 'low enrollment',
  product: 'console',
  severity: 'warning',
  threshold: LOW_ENROLLMENT_LIMIT,
  thresholdSource: `${CONSOLE} and badge`,
  formula: `days since start >= ${LOW_ENROLLMENT_DAYS} and total_enrollments < threshold`,
  notify: 'once',
  needs: ['experiments', 'enrollmentCounts'],
  subjects: ({ sources, now }) => sources.experiments.filter((experiment) => isWatched(experiment, now)),
  nameOf: (experiment) => experiment.slug,
  linkOf: ({ slug }) => enrollmentsLink(slug),
  check: (experiment, { sources, now, threshold }) => {
    const counts = sources.enrollmentCounts.get(experiment.slug);
    if (counts === undefined) return NO_COUNTS;
    const days = daysSinceStart(experiment, now) ?? 0;
    const enrolled = counts.totalEnrollments;
    const sign = enrolled < threshold ? '<' : '≥';
    const formula = `${countText(enrolled)} ${sign} ${countText(threshold)} after ${pluralText(days, 'day')}`;
    if (!isEnrollmentLow(counts, days, threshold)) return { kind: 'passing', value: enrolled, formula };
    const clients = `${pluralText(enrolled, 'client')} ${enrolled === 1 ? 'has' : 'have'} enrolled`;
    const summary = `${experiment.slug}: only ${clients} after ${pluralText(days, 'day')}.`;
    return { kind: 'failing', value: enrolled, formula, summary };
  },
});

const FEATURE_CONFLICT = defineRule({
  id: 'M4',
  title: 'feature conflict',
  product: 'console',
  severity: 'warning',
  threshold: FEATURE_CONFLICT_LIMIT,
  thresholdSource: `${CONSOLE} and badge`,
  formula: 'funnel clients with reason FeatureConflict / all funnel clients >= threshold',
  notify: 'once',
  needs: ['experiments', 'enrollmentFunnel'],
  subjects: ({ sources, now }) =>
    sources.experiments.filter((experiment) => hasFunnel(experiment.appName) && isWatched(experiment, now)),
  nameOf: (experiment) => experiment.slug,
  linkOf: ({ slug }) => enrollmentsLink(slug),
  check: ({ slug }, { sources, now, threshold }) => {
    const found = funnelVerdict(sources.enrollmentFunnel, slug, { now, limit: threshold });
    if (found.state === 'no_data') return { kind: 'no_data', reason: `enrollment funnel: ${found.reason}` };
    const { state, rate, slugs } = found;
    const late = found.late ? ' (the enrollment funnel is more than a day old)' : '';
    const formula = `${percentText(rate)} ${state === 'failing' ? '≥' : '<'} ${percentText(threshold)}${late}`;
    if (state === 'passing') return { kind: 'passing', value: rate, formula };
    const others = slugs.length === 0 ? 'another experiment' : namesText(slugs);
    const summary = `${slug}: ${percentText(rate)} of clients are blocked by ${others} on the same feature.`;
    return { kind: 'failing', value: rate, formula, summary };
  },
});

export const CONSOLE_RULES: readonly AlertRule[] = [UNENROLLMENT_SPIKE, SAMPLE_RATIO, LOW_ENROLLMENT, FEATURE_CONFLICT];

/** These rules apply to running experiments from the day after the start. */
function isWatched(experiment: WatchedExperiment, now: number): boolean {
  return isRunning(experiment, now) && (daysSinceStart(experiment, now) ?? 0) >= 1;
}
