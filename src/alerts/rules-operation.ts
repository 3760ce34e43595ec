/** Rules F1, F2, R1, T1, L1 and L2: problems of Contrail itself. Not in the spec. */
import type { FileCondition } from './inputs.ts';
import { groupBy } from '../domain/group-by.ts';
import { type AlertRule, defineRule } from './rule.ts';
import { countText, durationText, namesText, pluralText } from './text.ts';
import { filesLink, noLink, queueLink } from '../domain/page-links.ts';

const EXPORT_FAILED = defineRule({
  id: 'F1',
  title: 'export failed for good',
  product: 'contrail',
  severity: 'critical',
  threshold: 0,
  thresholdSource: 'ours: every file that fails for good is reported',
  formula: 'files of the experiment whose newest run failed for good > threshold',
  notify: 'change',
  needs: ['files'],
  subjects: ({ sources }) => byExperiment(sources.files),
  nameOf: ({ experiment }) => experiment,
  linkOf: ({ experiment }) => filesLink(experiment),
  check: ({ experiment, files }, { threshold }) => {
    const failed = files.filter(hasFailed);
    const formula = `${failed.length} of ${pluralText(files.length, 'file')} failed`;
    if (failed.length <= threshold) return { kind: 'passing', value: failed.length, formula };
    const names = failed.map((file) => {
      const { code, attempts } = file.failure ?? { code: 'unknown', attempts: 0 };
      return `${fileName(file)} (${code} after ${pluralText(attempts, 'attempt')})`;
    });
    const summary = `Files of ${experiment} could not be published: ${namesText(names)}.${whatStays(failed)}`;
    return { kind: 'failing', value: failed.length, formula, summary, changeKey: keyOf(failed) };
  },
});

const RESULTS_STALE = defineRule({
  id: 'F2',
  title: 'results stale',
  product: 'contrail',
  severity: 'warning',
  threshold: 0,
  thresholdSource: 'ours: CONTRAIL_FRESHNESS_LAG, 6 h',
  formula: 'files of the experiment that are behind their source for longer than the allowed lag > threshold',
  notify: 'change',
  needs: ['files'],
  subjects: ({ sources }) => byExperiment(sources.files),
  nameOf: ({ experiment }) => experiment,
  linkOf: ({ experiment }) => filesLink(experiment),
  check: ({ experiment, files }, { threshold }) => {
    const stale = files.filter(isLate);
    const latest = stale.reduce((most, file) => Math.max(most, file.lateMs ?? 0), 0);
    const formula = `${stale.length} of ${pluralText(files.length, 'file')} late, at most ${durationText(latest)}`;
    if (stale.length <= threshold) return { kind: 'passing', value: stale.length, formula };
    const summary = `Files of ${experiment} are behind their source: ${namesText(stale.map(fileName))}.`;
    return { kind: 'failing', value: stale.length, formula, summary, changeKey: keyOf(stale) };
  },
});

const RECORDS_WAITING = defineRule({
  id: 'R1',
  title: 'records waiting too long',
  product: 'contrail',
  severity: 'critical',
  threshold: 480_000,
  thresholdSource: 'ours: time for a few attempts after CONTRAIL_RECORDS_WINDOW',
  formula: 'milliseconds since the oldest records should have been written > threshold',
  notify: 'opening',
  needs: ['records'],
  subjects: ({ sources }) => sources.records,
  nameOf: ({ queue }) => queue,
  linkOf: ({ queue }) => queueLink(queue),
  check: ({ queue, waiting, oldestMs, lateMs }, { threshold }) => {
    const isLate = waiting > 0 && lateMs > threshold;
    const formula = `${durationText(lateMs)} ${isLate ? '>' : '≤'} ${durationText(threshold)}`;
    if (!isLate) return { kind: 'passing', value: lateMs, formula };
    const summary = `${pluralText(waiting, 'record')} in ${queue} have not been written to the warehouse; the oldest is ${durationText(oldestMs)} late.`;
    return { kind: 'failing', value: lateMs, formula, summary };
  },
});

const THROTTLED = defineRule({
  id: 'T1',
  title: 'throttled for long',
  product: 'contrail',
  severity: 'warning',
  threshold: 900_000,
  thresholdSource: 'ours: a quarter of an hour, longer than a burst of work',
  formula: 'milliseconds for which a service has been throttling the jobs of the queue > threshold',
  notify: 'opening',
  needs: ['throttling'],
  subjects: ({ sources }) => sources.throttling,
  nameOf: ({ queue }) => queue,
  linkOf: ({ queue }) => queueLink(queue),
  check: ({ queue, throttledMs }, { threshold }) => {
    const isLong = throttledMs > threshold;
    const formula = `${durationText(throttledMs)} ${isLong ? '>' : '≤'} ${durationText(threshold)}`;
    if (!isLong) return { kind: 'passing', value: throttledMs, formula };
    const summary = `A service has been refusing jobs of ${queue} for ${durationText(throttledMs)} because there are too many requests. The jobs still run, but late.`;
    return { kind: 'failing', value: throttledMs, formula, summary };
  },
});

const UNCATEGORIZED = defineRule({
  id: 'L1',
  title: 'uncategorized log rows',
  product: 'contrail',
  severity: 'info',
  threshold: 0,
  thresholdSource: 'ours: the categories no longer match the logged messages',
  formula: 'log rows of the last day without a category > threshold',
  notify: 'opening',
  needs: ['logs'],
  subjects: ({ sources }) => [{ table: 'logs', count: sources.logs.uncategorized }],
  nameOf: ({ table }) => table,
  linkOf: noLink,
  check: ({ count }, { threshold }) => {
    const isOver = count > threshold;
    const formula = `${countText(count)} ${isOver ? '>' : '≤'} ${countText(threshold)}`;
    if (!isOver) return { kind: 'passing', value: count, formula };
    return {
      kind: 'failing',
      value: count,
      formula,
      summary: `${pluralText(count, 'log row')} without an error category.`,
    };
  },
});

const CRITICAL_ERRORS = defineRule({
  id: 'L2',
  title: 'critical errors',
  product: 'contrail',
  severity: 'warning',
  threshold: 0,
  thresholdSource: 'ours: users subscribe to critical errors of the last runs > 0',
  formula: 'critical errors of the last three days > threshold',
  notify: 'opening',
  needs: ['logs'],
  subjects: ({ sources }) => [...sources.logs.critical].map(([experiment, count]) => ({ experiment, count })),
  nameOf: ({ experiment }) => (experiment === '' ? 'logs' : experiment),
  linkOf: ({ experiment }) => (experiment === '' ? null : filesLink(experiment)),
  check: ({ experiment, count }, { threshold }) => {
    const isOver = count > threshold;
    const formula = `${countText(count)} ${isOver ? '>' : '≤'} ${countText(threshold)}`;
    if (!isOver) return { kind: 'passing', value: count, formula };
    const of = experiment === '' ? 'outside experiments' : `of ${experiment}`;
    return {
      kind: 'failing',
      value: count,
      formula,
      summary: `${pluralText(count, 'critical error')} ${of} in three days.`,
    };
  },
});

export const OPERATION_RULES: readonly AlertRule[] = [
  EXPORT_FAILED,
  RESULTS_STALE,
  RECORDS_WAITING,
  THROTTLED,
  UNCATEGORIZED,
  CRITICAL_ERRORS,
];

function byExperiment(files: readonly FileCondition[]): { experiment: string; files: readonly FileCondition[] }[] {
  const groups = groupBy(files, (file) => file.experiment);
  return [...groups].map(([experiment, files]) => ({ experiment, files }));
}

/** What readers see meanwhile; empty if unknown. */
function whatStays(failed: readonly FileCondition[]): string {
  const kept = failed.filter(({ hasFile }) => hasFile === true);
  const absent = failed.filter(({ hasFile }) => hasFile === false);
  if (kept.length === failed.length) return ' The last good files stay published.';
  if (absent.length === failed.length) return ' There are no earlier files.';
  return kept.length === 0 ? '' : ` The last good files of ${namesText(kept.map(fileName))} stay published.`;
}

/** A failed file stays failed until a run succeeds; otherwise its alert would open and close at every retry. */
function hasFailed(file: FileCondition): boolean {
  return file.state === 'failed' || (file.state === 'running' && file.failure !== null);
}

function isLate(file: FileCondition): boolean {
  const isRunningLate = file.state === 'running' && file.lateMs !== null && file.lateMs > 0;
  return file.state === 'stale' || file.state === 'never' || isRunningLate;
}

/** `weekly`, `metadata` */
function fileName(file: FileCondition): string {
  return file.period ?? file.product;
}

function keyOf(files: readonly FileCondition[]): string {
  return files.map(fileName).sort().join();
}
