/** The enrollments of all live experiments: the same numbers for the page and the API. */
import { type EnrollmentCounts, unenrollmentRate } from '../../../alerts/enrollment-checks.ts';
import { enrollmentRatio, type EnrollmentRatio } from '../../../alerts/enrollment-ratio.ts';
import { daysSinceStart, type WatchedExperiment } from '../../../alerts/inputs.ts';
import { isRunning } from '../../../alerts/running.ts';
import { durationText } from '../../../alerts/text.ts';
import { MS_PER_HOUR } from '../../../domain/utc-time.ts';
import { type RuleReading, ruleReader } from './rule-readings.ts';
import type { EnrollmentsReading } from './source.ts';

export const EXPERIMENT_STATES = ['failing', 'notice', 'no_counts', 'clear'] as const;
/** `notice`: only rules that inform fail. `no_counts`: nobody has counted its clients. `clear`: no rule fails. */
export type ExperimentState = (typeof EXPERIMENT_STATES)[number];

export interface BranchEnrollment {
  readonly branch: string;
  readonly enrolled: number;
  readonly unenrolled: number;
  readonly share: number;
  /** Null: the recipe does not have the branch, or its ratio is unknown. */
  readonly expectedShare: number | null;
  /** Reasons of unenrollments as clients: the 1 % sample times 100, most frequent first. */
  readonly reasons: readonly { readonly reason: string; readonly clients: number }[];
}

export interface ExperimentEnrollment {
  readonly slug: string;
  readonly application: string;
  readonly state: ExperimentState;
  readonly days: number;
  readonly startDate: string | null;
  readonly enrolled: number | null;
  readonly unenrolled: number | null;
  readonly unenrolledShare: number | null;
  readonly branches: readonly BranchEnrollment[];
  readonly ratio: EnrollmentRatio | null;
  readonly rules: readonly RuleReading[];
  /** The failing rule to look at first. */
  readonly worst: RuleReading | null;
}

export interface EnrollmentsModel {
  /** Worst first, then by slug. */
  readonly experiments: readonly ExperimentEnrollment[];
  /** What a reader should know of the sources: sentences. */
  readonly notes: readonly string[];
  /** When the counts were made, milliseconds since 1970; null: they are missing. */
  readonly countedAt: number | null;
}

/** The counts are made daily: a day and two hours. */
const LATE_MS = 26 * MS_PER_HOUR;
const SAMPLE = 100;

export function enrollmentsModel(reading: EnrollmentsReading): EnrollmentsModel {
  const { inputs } = reading;
  const { experiments, enrollmentCounts } = inputs.sources;
  const rulesOf = ruleReader(reading);
  const counts = enrollmentCounts.kind === 'read' ? enrollmentCounts.value : new Map<string, EnrollmentCounts>();
  const live =
    experiments.kind === 'read' ? experiments.value.filter((experiment) => isRunning(experiment, inputs.now)) : [];
  return {
    experiments: live
      .map((experiment) => experimentOf(experiment, counts.get(experiment.slug), rulesOf(experiment), inputs.now))
      .toSorted((a, b) => rankOf(a) - rankOf(b) || (a.slug < b.slug ? -1 : 1)),
    notes: notesOf(reading),
    countedAt: enrollmentCounts.kind === 'read' ? enrollmentCounts.at : null,
  };
}

function experimentOf(
  experiment: WatchedExperiment,
  counts: EnrollmentCounts | undefined,
  rules: readonly RuleReading[],
  now: number,
): ExperimentEnrollment {
  const ratio = counts === undefined ? null : enrollmentRatio(counts, experiment.branches);
  const worst = worstOf(rules);
  return {
    slug: experiment.slug,
    application: experiment.appName,
    state: stateOf(worst, counts),
    days: daysSinceStart(experiment, now) ?? 0,
    startDate: experiment.startDate,
    enrolled: counts?.totalEnrollments ?? null,
    unenrolled: counts?.totalUnenrollments ?? null,
    unenrolledShare: counts === undefined ? null : unenrollmentRate(counts),
    branches: counts === undefined ? [] : branchesOf(experiment, counts, ratio),
    ratio: experiment.isRollout ? null : ratio,
    rules,
    worst,
  };
}

function stateOf(worst: RuleReading | null, counts: EnrollmentCounts | undefined): ExperimentState {
  if (worst !== null && worst.severity !== 'info') return 'failing';
  if (counts === undefined) return 'no_counts';
  return worst === null ? 'clear' : 'notice';
}

const SEVERITIES = ['critical', 'warning', 'info'];

function worstOf(rules: readonly RuleReading[]): RuleReading | null {
  const failing = rules.filter(({ state }) => state === 'failing');
  return failing.toSorted((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity))[0] ?? null;
}

function rankOf({ state, worst }: ExperimentEnrollment): number {
  return EXPERIMENT_STATES.indexOf(state) * SEVERITIES.length + SEVERITIES.indexOf(worst?.severity ?? 'info');
}

/** The branches of the recipe in its order, then those that only the counts have. */
function branchesOf(
  { branches }: WatchedExperiment,
  counts: EnrollmentCounts,
  ratio: EnrollmentRatio | null,
): BranchEnrollment[] {
  const configured = new Set(branches.map(({ slug }) => slug));
  const unknown = [...counts.branches.keys()].filter((branch) => !configured.has(branch));
  const shares = new Map(ratio?.test?.branches.map((share) => [share.branch, share]));
  return [...configured, ...unknown].map((branch) => {
    const counted = counts.branches.get(branch);
    const share = shares.get(branch);
    return {
      branch,
      enrolled: counted?.enrollments ?? 0,
      unenrolled: counted?.unenrollments ?? 0,
      share: share?.share ?? 0,
      expectedShare: configured.has(branch) ? (share?.expectedShare ?? null) : null,
      reasons: [...(counts.reasonsByBranch.get(branch) ?? [])]
        .map(([reason, sampled]) => ({ reason, clients: sampled * SAMPLE }))
        .toSorted((a, b) => b.clients - a.clients),
    };
  });
}

function notesOf({ inputs }: EnrollmentsReading): string[] {
  const { experiments, enrollmentCounts, enrollmentFunnel } = inputs.sources;
  const missing = [experiments, enrollmentCounts, enrollmentFunnel].map((reading) =>
    reading.kind === 'missing' ? reading.reason : '',
  );
  const unread = experiments.kind === 'read' ? [...(experiments.unread ?? [])] : [];
  return [
    ...missing,
    lateNote('The enrollment counts are', enrollmentCounts, inputs.now),
    lateNote('The enrollment funnel is', enrollmentFunnel, inputs.now),
    unread.length === 0 ? '' : `Left out, since their records cannot be read: ${unread.join(', ')}.`,
  ].filter((note) => note !== '');
}

function lateNote(
  subject: string,
  reading: { readonly kind: 'read'; readonly at: number; readonly problem?: string } | { readonly kind: 'missing' },
  now: number,
): string {
  if (reading.kind === 'missing') return '';
  if (reading.problem !== undefined) return `${capital(reading.problem)}.`;
  const age = now - reading.at;
  return age > LATE_MS ? `${subject} ${durationText(age)} old; made anew every day.` : '';
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
