/** Whether a written file may be published, and its warnings (spec: statistics, section 4). */
import type { AnalysisPeriod } from '../../domain/analysis-period.ts';
import type { FoundRecord } from '../../domain/console-premises.ts';
import { ContrailError } from '../../domain/errors.ts';
import type { Warning } from '../../domain/outcome.ts';
import { isFoundByConsole } from '../../domain/slug.ts';
import type { LeftOut } from '../publish/content.ts';
import { isReadPeriod } from '../../domain/console-rules.ts';
import type { CheckResult } from './acceptance/row-checker.ts';
import type { WrittenFile } from './write-file.ts';

/** The exception type of rejected rows in the errors file. */
const REFUSED_EXCEPTION = 'InvalidStatisticException';
/** Most characters of a left-out row; the message has room for five rows. */
const SHOWN_CHARACTERS = 2_000;
/** Most reasons in a message. */
const MOST_REASONS = 10;

/** The inputs of the decision. */
export type JudgedRows = Pick<WrittenFile, 'rows' | 'check' | 'nonFinite'> & {
  /** The record could not be read, and rows would be dropped if it had a primary outcome. */
  readonly hangsOnRecord: boolean;
};

export interface Subject {
  readonly experiment: string;
  readonly period: AnalysisPeriod;
  /** The record of the experiments API; undefined if it has none. */
  readonly record: FoundRecord;
}

/** The warnings of a file that may be published; throws ROWS_REFUSED for any other. */
export function judgeRows(file: JudgedRows, subject: Subject, refusedShareLimit: number): Warning[] {
  checkShare(file.check, subject, refusedShareLimit);
  if (file.check.rows > 0 && file.rows === 0) throw nothingLeft(file.check, subject);
  return warningsOf(file, subject);
}

/** Throws ROWS_REFUSED if too many rows were rejected. */
export function checkShare(check: CheckResult, subject: Omit<Subject, 'record'>, limit: number): void {
  // Divide, do not multiply: 29 of 100 are exactly 0.29, while 100 * 0.29 is less than 29.
  if (check.rejected / check.rows <= limit || check.rejected === 0) return;
  const share = `${percent(check.rejected / check.rows)}, limit ${percent(limit)}`;
  const counts = `${check.rejected} of ${rows(check.rows)} (${share}) break the rules of Experimenter`;
  throw refused(check, subject, counts);
}

/** The rows left out of a published file; undefined if there are none. */
export function refusalOf(check: CheckResult): LeftOut | undefined {
  const leftOut = check.rejected + check.dropped;
  if (leftOut === 0) return undefined;
  const counts = `Left out ${leftOut} of ${rows(check.rows)} that Experimenter would reject`;
  const message = `${counts}: ${reasonsOf(check)}. ${shownRows(check)}`;
  return { message, exception: message, exceptionType: REFUSED_EXCEPTION, source: 'jetstream' };
}

function nothingLeft(check: CheckResult, subject: Subject): ContrailError {
  return refused(check, subject, `none of its ${rows(check.rows)} can be shown by Experimenter`);
}

function refused(check: CheckResult, { experiment, period }: Omit<Subject, 'record'>, why: string): ContrailError {
  return new ContrailError('ROWS_REFUSED', `${experiment} ${period} not published: ${why}: ${reasonsOf(check)}.`, {
    exceptionType: REFUSED_EXCEPTION,
    hint: 'Contrail will retry when the table changes.',
    evidence: shownRows(check),
  });
}

function reasonsOf({ reasons, duplicates }: CheckResult): string {
  const named = reasons.slice(0, MOST_REASONS).map((entry) => `${entry.reason} (${rows(entry.rows)})`);
  const others = reasons.slice(MOST_REASONS).reduce((sum, entry) => sum + entry.rows, 0);
  const all = [...named, ...(others === 0 ? [] : [`other reasons (${rows(others)})`])];
  return all.length > 0 ? all.join('; ') : `${rows(duplicates)} repeating the key of another`;
}

function shownRows(check: CheckResult): string {
  const shown = check.shown.map(({ json }) =>
    json.length > SHOWN_CHARACTERS ? `${json.slice(0, SHOWN_CHARACTERS)}…` : json,
  );
  return `The first ${shown.length === 1 ? 'one' : shown.length}: ${shown.join(' ')}`;
}

function warningsOf(file: JudgedRows, { experiment, period, record }: Subject): Warning[] {
  const { check, nonFinite } = file;
  const warnings: Warning[] = [];
  if (check.duplicates > 0) {
    warnings.push({ kind: 'duplicate', message: `Left out ${rows(check.duplicates)} repeating the key of another.` });
  }
  if (check.unchecked > 0) {
    warnings.push({
      kind: 'not_checked',
      message: `${rows(check.unchecked)} were not checked for repeated keys: their window is larger than the limit.`,
    });
  }
  if (check.withoutBasis > 0) {
    warnings.push({
      kind: 'analysis_basis',
      message: `${rows(check.withoutBasis)} without an analysis_basis: Experimenter ignores them.`,
    });
  }
  if (nonFinite > 0) {
    warnings.push({
      kind: 'non_finite',
      message: `${nonFinite} values were NaN or infinite and are null in the file.`,
    });
  }
  if (!isFoundByConsole(experiment)) {
    warnings.push({
      kind: 'name',
      message: `The slug ${JSON.stringify(experiment)} has characters other than letters, digits, - and _: Experimenter will not find the file.`,
    });
  }
  return isReadPeriod(period) ? [...warnings, ...recordWarnings(file, record)] : warnings;
}

function recordWarnings({ check, hangsOnRecord }: JudgedRows, record: Subject['record']): Warning[] {
  if (record === undefined) return [];
  if (record === 'unreachable') {
    const message =
      'The experiments API could not be reached. If the experiment has a primary outcome, Experimenter will reject this file.';
    return hangsOnRecord ? [{ kind: 'experiment', message }] : [];
  }
  const warnings: Warning[] = [];
  const branches = record.branches ?? check.branches;
  const missing = branches.filter((branch) => !check.branches.includes(branch));
  const strange = check.branches.filter((branch) => !branches.includes(branch));
  if (check.branches.length > 0 && missing.length + strange.length > 0) {
    const parts = [
      ...(missing.length === 0 ? [] : [`without rows: ${list(missing)}`]),
      ...(strange.length === 0 ? [] : [`unknown to the experiment and not drawn: ${list(strange)}`]),
    ];
    warnings.push({ kind: 'branches', message: `The branches differ from Experimenter's: ${parts.join('; ')}.` });
  }
  if (record.lacksReferenceBranch) {
    warnings.push({
      kind: 'reference_branch',
      message: 'The experiment has no reference branch in Experimenter, which accepts no results without one.',
    });
  }
  return warnings;
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, 5).map((name) => JSON.stringify(name));
  return names.length > shown.length ? `${shown.join(', ')} and ${names.length - shown.length} more` : shown.join(', ');
}

function rows(count: number): string {
  return count === 1 ? '1 row' : `${count} rows`;
}

function percent(share: number): string {
  return `${Math.round(share * 1000) / 10} %`;
}
