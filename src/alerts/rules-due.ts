/** Rules M5 and M6: what the owner of an experiment should do (spec: monitoring, section 7). */
import { addDays, plannedEnd } from '../domain/expected-files.ts';
import { type AlertRule, defineRule, type Verdict } from './rule.ts';
import { isRunning } from './running.ts';
import { dayOf, daysBetween } from '../domain/utc-time.ts';
import { enrollmentsLink } from '../domain/page-links.ts';

const MAIL = 'Experimenter: mail';

const END_ENROLLMENT = defineRule({
  id: 'M5',
  title: 'end enrollment due',
  product: 'console',
  severity: 'info',
  threshold: 0,
  thresholdSource: MAIL,
  formula: 'today >= start + proposed_enrollment',
  notify: 'once',
  needs: ['experiments'],
  // Not in the spec: no alert once enrollment has ended. A holdback enrolls on purpose for as long as it runs.
  subjects: ({ sources, now }) =>
    sources.experiments.filter(
      (experiment) =>
        isRunning(experiment, now) && !experiment.isRollout && !experiment.isHoldback && !experiment.isEnrollmentPaused,
    ),
  nameOf: (experiment) => experiment.slug,
  linkOf: ({ slug }) => enrollmentsLink(slug),
  check: (experiment, { now, threshold }) => {
    const { slug, startDate, proposedEnrollment } = experiment;
    return judgeDue(addDays(startDate, proposedEnrollment), {
      now,
      threshold,
      summary: (due) =>
        `${slug}: enrollment was planned for ${proposedEnrollment} days and should have ended on ${due}.`,
    });
  },
});

const PAST_END = defineRule({
  id: 'M6',
  title: 'experiment past planned end',
  product: 'console',
  severity: 'info',
  threshold: 0,
  thresholdSource: MAIL,
  formula: 'today >= start + enrollment days (actual, else proposed) + (proposedDuration - proposedEnrollment)',
  notify: 'once',
  needs: ['experiments'],
  subjects: ({ sources, now }) => sources.experiments.filter((experiment) => isRunning(experiment, now)),
  nameOf: (experiment) => experiment.slug,
  linkOf: ({ slug }) => enrollmentsLink(slug),
  check: (experiment, { now, threshold }) => {
    if (experiment.proposedDuration === null) return { kind: 'no_data', reason: 'its proposed duration is unknown' };
    return judgeDue(plannedEnd(experiment), {
      now,
      threshold,
      summary: (due) => `${experiment.slug} should have ended on ${due} and is still live.`,
    });
  },
});

export const DUE_RULES: readonly AlertRule[] = [END_ENROLLMENT, PAST_END];

function judgeDue(
  due: string | null,
  { now, threshold, summary }: { now: number; threshold: number; summary: (due: string) => string },
): Verdict {
  const today = dayOf(now);
  const late = due === null ? undefined : daysBetween(due, today);
  if (due === null || late === undefined) return { kind: 'no_data', reason: 'it has no start date' };
  if (late < threshold) return { kind: 'passing', value: late, formula: `${today} < ${due}` };
  return { kind: 'failing', value: late, formula: `${today} ≥ ${due}`, summary: summary(due) };
}
