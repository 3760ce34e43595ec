/** Log rows that explain why a cell is not there (spec: today, section 4). */
import { errorCategory } from '../error-category.ts';
import { isErrorRow } from '../error-rows.ts';
import { floorTo, MICROS_PER_MINUTE, parseTimestamp } from '../utc-time.ts';
import { type CellKey, FAILURE_CATEGORIES, type FailureCategory } from './cell.ts';
import type { TracedLog, TraceInputs } from './inputs.ts';
import { WINDOW_PERIODS } from '../window-period.ts';

/** A failure of the analysis. */
export interface Failure {
  readonly row: TracedLog;
  /** Microseconds since 1970. */
  readonly at: number;
  readonly category: FailureCategory;
}

/** Failures by the metric that they name; null: none. Of those that name the same keys, only the first choice. */
export type Failures = ReadonlyMap<string | null, ReadonlyMap<string, Failure>>;

type LogInputs = Pick<TraceInputs, 'experiment' | 'logs' | 'analysisStart'>;

/** The failures of the experiment's analysis since its start, cut to the minute. */
export function failuresOf({ experiment, logs, analysisStart }: LogInputs): Failures {
  const start = analysisStart === null ? undefined : parseTimestamp(analysisStart);
  const from = start === undefined ? -Infinity : floorTo(start, MICROS_PER_MINUTE);
  const failures = new Map<string | null, Map<string, Failure>>();
  for (const row of logs) {
    const at = parseTimestamp(row.timestamp);
    const category = FAILURE_CATEGORIES.find((category) => category === errorCategory(row));
    const isOurs = row.source === 'jetstream' && row.experiment === experiment.slug;
    if (!isOurs || category === undefined || at === undefined || at < from) continue;
    const ofMetric = failures.get(row.metric) ?? new Map<string, Failure>();
    failures.set(row.metric, ofMetric);
    const keys = JSON.stringify([row.analysis_basis, row.segment, row.analysis_period]);
    const failure = { row, at, category };
    const before = ofMetric.get(keys);
    if (before === undefined || isNewer(failure, before)) ofMetric.set(keys, failure);
  }
  return failures;
}

/** The failure that matches most of the cell's keys, then the newest, then the one with the greater message. */
export function matchFailure(key: CellKey, window: number | null, failures: Failures): Failure | undefined {
  let best: { readonly failure: Failure; readonly keys: number } | undefined;
  for (const failure of [key.metric, null].flatMap((metric) => [...(failures.get(metric)?.values() ?? [])])) {
    const keys = matchedKeys(failure.row, key, window);
    if (keys === undefined) continue;
    const isBetter = best === undefined || keys > best.keys || (keys === best.keys && isNewer(failure, best.failure));
    if (isBetter) best = { failure, keys };
  }
  return best?.failure;
}

function isNewer(failure: Failure, before: Failure): boolean {
  if (failure.at !== before.at) return failure.at > before.at;
  return (failure.row.message ?? '') > (before.row.message ?? '');
}

/** How many keys of the cell the row names; undefined if it names another cell. */
function matchedKeys(row: TracedLog, key: CellKey, window: number | null): number | undefined {
  const named = [
    [row.metric, key.metric],
    [row.analysis_basis, key.basis],
    [row.segment, key.segment],
  ] as const;
  if (named.some(([ofRow, ofCell]) => ofRow !== null && ofRow !== ofCell)) return undefined;
  const inPeriod = matchedPeriod(row.analysis_period, WINDOW_PERIODS[key.period], window);
  return inPeriod === undefined ? undefined : named.filter(([ofRow]) => ofRow !== null).length + inPeriod;
}

/** `week` and `week_3` are both names of the third week. */
function matchedPeriod(ofRow: string | null, name: string, window: number | null): number | undefined {
  if (ofRow === null) return 0;
  if (ofRow === name) return 1;
  return ofRow === `${name}_${window}` ? 2 : undefined;
}

/**
 * By metric, the first error that the console shows: it takes a metric for unavailable in the basis and segment of this
 * row.
 */
export function firstErrors({
  experiment,
  logs,
  analysisStart,
}: Omit<LogInputs, 'experiment'> & { readonly experiment: Pick<LogInputs['experiment'], 'slug'> }): ReadonlyMap<
  string,
  TracedLog
> {
  const from = (analysisStart === null ? undefined : parseTimestamp(analysisStart)) ?? -Infinity;
  const first = new Map<string, { readonly row: TracedLog; readonly at: number }>();
  for (const row of logs) {
    const at = parseTimestamp(row.timestamp) ?? -Infinity;
    if (row.metric === null || row.experiment !== experiment.slug || !isErrorRow(row) || at < from) continue;
    const before = first.get(row.metric);
    const isEarlier =
      before === undefined || at < before.at || (at === before.at && (row.message ?? '') < (before.row.message ?? ''));
    if (isEarlier) first.set(row.metric, { row, at });
  }
  return new Map([...first].map(([metric, { row }]) => [metric, row]));
}
