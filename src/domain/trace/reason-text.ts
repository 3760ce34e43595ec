/** Why a result is missing, in words, and the next step to take. Shared by the command line and the pages. */
import type { AnalysisPeriod } from '../analysis-period.ts';
import { ERROR_CATALOGUE } from '../errors.ts';
import { WINDOW_PERIODS } from '../window-period.ts';
import { normaliseSlug } from '../slug.ts';
import type { FailureCategory, NotDueReason, TraceCell } from './cell.ts';

export type LostCell = Extract<TraceCell, { readonly lost: string }>;

/** The newest export of a file, which failed. */
export interface FailedExport {
  /** The code of the error, and its message. */
  readonly code: string | null;
  readonly message: string | null;
}

export type FailedExports = ReadonlyMap<AnalysisPeriod, FailedExport>;

/** Periods whose tables a rerun is bringing back, with what is there: `weeks 1, 2, 4 of 6`. */
export type RebuildingPeriods = ReadonlyMap<AnalysisPeriod, string>;

export interface ReasonText {
  readonly why: string;
  readonly next: string;
}

export function isLost(cell: TraceCell): cell is LostCell {
  return cell.lost !== null;
}

export interface ReasonFacts {
  readonly slug: string;
  readonly failedExports: FailedExports;
  readonly rebuilding: RebuildingPeriods;
}

/** The reason and the next step for a lost cell. */
export function reasonText(cell: LostCell, { slug, failedExports, rebuilding }: ReasonFacts): ReasonText {
  const windows = rebuilding.get(cell.period);
  const waitsForTables = cell.reason === 'window_missing' || cell.reason === 'file_stale';
  if (windows !== undefined && waitsForTables) return rebuildingText(windows);
  switch (cell.lost) {
    case 'due':
      return cell.reason === 'not_yet' ? notYet(cell.due) : notDue(cell.reason, slug);
    case 'computed':
      return notComputed(cell, slug);
    case 'published':
      return notPublished(cell, { slug, failed: failedExports.get(cell.period) });
    case 'shown':
      return notShown(cell);
  }
}

const NOTHING_TO_DO = 'Nothing to do.';

function rebuildingText(windows: string): ReasonText {
  return {
    why: `A rerun of the analysis is bringing the tables back: ${windows}. The last published file stays until then.`,
    next: 'Wait for the rerun; when no table changes for 12 hours, what is there is published.',
  };
}

function notYet(due: string | null): ReasonText {
  if (due === null) {
    const why = 'It is computed when the experiment has ended, and no end is set.';
    return { why, next: 'Wait until the experiment ends.' };
  }
  return { why: `Not due before ${minuteText(due)}.`, next: 'Wait for the analysis.' };
}

function notDue(reason: NotDueReason, slug: string): ReasonText {
  const file = `jetstream/${slug}.toml`;
  switch (reason) {
    case 'skipped':
      return {
        why: 'Its configuration in metric-hub says `skip = true`, so it is not analysed.',
        next: `Remove skip from ${file} if it should be.`,
      };
    case 'rollout':
      return { why: 'Rollouts are not analysed.', next: NOTHING_TO_DO };
    case 'no_start':
      return { why: 'The experiment has no start date.', next: 'Launch it; the analysis follows.' };
    case 'rerun_only':
      return {
        why: 'A rerun of the experiment was requested, and reruns compute only overall.',
        next: 'Nothing to do; if other periods are needed, ask for the analysis of those periods by hand.',
      };
    case 'end_moves':
      return {
        why: 'It is a holdback without an end date, so overall is never due.',
        next: `Set end_date in ${file} for overall results.`,
      };
    case 'enrollment_open':
      return {
        why: 'Enrollment has not ended.',
        next: `End enrollment in Experimenter, or set enrollment_period in ${file}.`,
      };
    case 'window_too_short':
      return { why: 'The experiment ended before the first window was full.', next: NOTHING_TO_DO };
  }
}

function notComputed(cell: Extract<LostCell, { readonly lost: 'computed' }>, slug: string): ReasonText {
  switch (cell.reason) {
    case 'source_gone':
      return {
        why: 'The tables were deleted; the last published file stays.',
        next: 'Wait for the rerun that deleted them; after 12 hours ask the analysis team.',
      };
    case 'window_missing':
      return {
        why: `There is no table ${windowTable(cell, slug)}, although its analysis should have ended.`,
        next: 'Look for a failed run of the analysis on that day.',
      };
    case 'no_clients':
      return {
        why: 'No clients were counted.',
        next:
          cell.basis === 'exposures'
            ? 'Check the exposure signal if clients should have been exposed.'
            : 'Check the targeting and the segment if there should be clients.',
      };
    case 'unexplained':
      return {
        why: `The table ${windowTable(cell, slug)} has no rows of it, and no log row says why.`,
        next: 'Report it to the analysis team with the names in this line.',
      };
    default:
      return failed(cell);
  }
}

const AFTER_FAILURE: Readonly<Record<FailureCategory, string>> = {
  configuration: 'Correct the definition of the metric in metric-hub; the analysis then runs again.',
  data: 'Check the data of the metric; if it is right, report the error to the analysis team.',
  resources: 'Wait for the next run; if it fails again, make the query of the metric cheaper.',
  jetstream_failure: 'Wait for the next run; if it fails again, report the error to the analysis team.',
};

function failed(cell: {
  readonly reason: `failed:${FailureCategory}`;
  readonly exception_type: string | null;
  readonly message: string | null;
}): ReasonText {
  const error = [cell.exception_type, cell.message].filter((part) => part !== null && part !== '').join(': ');
  return {
    why: `The analysis failed: ${error === '' ? 'the log row has no message' : error}`,
    next: AFTER_FAILURE[categoryOf(cell.reason)],
  };
}

function categoryOf(reason: `failed:${FailureCategory}`): FailureCategory {
  switch (reason) {
    case 'failed:configuration':
      return 'configuration';
    case 'failed:data':
      return 'data';
    case 'failed:resources':
      return 'resources';
    case 'failed:jetstream_failure':
      return 'jetstream_failure';
  }
}

function notPublished(
  cell: Extract<LostCell, { readonly lost: 'published' }>,
  { slug, failed }: { readonly slug: string; readonly failed: FailedExport | undefined },
): ReasonText {
  switch (cell.reason) {
    case 'no_file':
      return afterExport(`Nothing is published for ${cell.period}.`, cell, { slug, failed });
    case 'file_stale':
      return afterExport('The published file is older than the table.', cell, { slug, failed });
    case 'unexplained':
      return {
        why: `The published file has no rows of window ${cell.window}, although the table has.`,
        next: `Publish it again: \`contrail run statistics --experiment ${slug} --period ${cell.period} --force\`; its warnings name the rows that are left out.`,
      };
    default:
      return {
        why: `Experimenter rejects all its rows: ${cell.reason.slice('refused:'.length)} is not valid.`,
        next: 'Correct the rows in the analysis; Contrail publishes them when the table changes.',
      };
  }
}

/** Why the file is missing or old: the failure of its newest export, if that failed. */
function afterExport(
  what: string,
  { period }: LostCell,
  { slug, failed }: { readonly slug: string; readonly failed: FailedExport | undefined },
): ReasonText {
  if (failed === undefined) {
    return {
      why: what,
      next: `\`contrail status ${slug}\` shows its state; \`contrail backfill --experiment ${slug} --period ${period}\` publishes it.`,
    };
  }
  const known = Object.entries(ERROR_CATALOGUE).find(([code]) => code === failed.code)?.[1];
  return {
    why: `${what} The newest export failed: ${failed.message ?? failed.code ?? 'it has no message'}`,
    next: known?.remedy ?? `Run it again: \`contrail run statistics --experiment ${slug} --period ${period}\`.`,
  };
}

function notShown(cell: Extract<LostCell, { readonly lost: 'shown' }>): ReasonText {
  switch (cell.reason) {
    case 'period_not_read':
      return { why: `Experimenter does not show ${cell.period}.`, next: NOTHING_TO_DO };
    case 'retention_window':
      return { why: 'Experimenter shows it from a later window on.', next: 'Wait for the next windows.' };
    case 'statistic_not_drawn':
      return {
        why: `Experimenter draws none of its statistics (${cell.statistics.join(', ')}).`,
        next: 'Add a statistic that it draws to the metric in metric-hub, such as linear_model_mean.',
      };
    case 'error_first':
      return {
        why: `Experimenter shows "Metric unavailable" because of an error: ${cell.exception_type}.`,
        next: 'Correct what the error says; it goes with the next analysis.',
      };
    case 'bounds':
      return {
        why: `Experimenter shows "Metric unavailable": the first window has no value or no uplift of ${cell.branch} with bounds other than 0.`,
        next: 'Check the rows of this branch in the first window.',
      };
  }
}

function windowTable({ period, window }: LostCell, slug: string): string {
  return `statistics_${normaliseSlug(slug)}_${WINDOW_PERIODS[period]}_${window ?? 1}`;
}

/** `2026-01-15T04:00:00.000000Z` → `2026-01-15 04:00 UTC` */
function minuteText(iso: string): string {
  return `${iso.slice(0, 16).replace('T', ' ')} UTC`;
}
