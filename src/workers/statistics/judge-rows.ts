/** Whether a file that was written may be published, and what is odd about it (spec: statistics, section 4). */
import { ContrailError } from '../../domain/errors.ts';
import type { Warning } from '../../domain/outcome.ts';
import { isFoundByConsole } from '../../domain/slug.ts';
import type { CheckResult } from './row-checker.ts';
import type { WrittenFile } from './write-file.ts';

/** How the errors file names rows that the console would refuse. */
const REFUSED_EXCEPTION = 'InvalidStatisticException';
/** Of one refused row, so much is shown; the whole message has room for five. */
const SHOWN_CHARACTERS = 2_000;

/** Rows that were left out of a file that was published. */
export interface Refusal {
  readonly exceptionType: string;
  readonly message: string;
}

/** What a file is judged by. */
export type JudgedRows = Pick<WrittenFile, 'check' | 'nonFinite'>;

interface Subject {
  readonly experiment: string;
  readonly period: string;
}

/** The warnings of a file that may be published; throws ROWS_REFUSED or COMPARISON_WITHOUT_BRANCH for any other. */
export function judgeRows(file: JudgedRows, subject: Subject, refusedShareLimit: number): Warning[] {
  const { check } = file;
  // Divided, not multiplied: 29 of 100 are exactly 0.29, while 100 * 0.29 is less than 29.
  if (check.rejected / check.rows > refusedShareLimit) throw tooManyRefused(check, subject, refusedShareLimit);
  if (check.missingBranches.length > 0) throw branchesMissing(check, subject);
  return warningsOf(file, subject);
}

/** The refused rows of a file that is published all the same, or undefined where there are none. */
export function refusalOf(check: CheckResult): Refusal | undefined {
  if (check.rejected === 0) return undefined;
  const counts = `${check.rejected} of ${check.rows} rows were left out`;
  return { exceptionType: REFUSED_EXCEPTION, message: `${counts}: ${reasonsOf(check)}. ${shownRows(check)}` };
}

function tooManyRefused(check: CheckResult, subject: Subject, limit: number): ContrailError {
  const share = `${percent(check.rejected / check.rows)}, limit ${percent(limit)}`;
  return new ContrailError(
    'ROWS_REFUSED',
    `${check.rejected} of ${check.rows} rows (${share}) of ${subject.experiment} ${subject.period} break the rules ` +
      `of the console: ${reasonsOf(check)}. Nothing was published.`,
    {
      exceptionType: REFUSED_EXCEPTION,
      hint: 'It is tried again when the table has changed.',
      evidence: shownRows(check),
    },
  );
}

function branchesMissing(check: CheckResult, subject: Subject): ContrailError {
  const shown = check.missingBranches.slice(0, 5);
  const more =
    check.missingBranches.length > shown.length ? ` and ${check.missingBranches.length - shown.length} more` : '';
  return new ContrailError(
    'COMPARISON_WITHOUT_BRANCH',
    `Comparisons of ${subject.experiment} ${subject.period} name branches without rows: ${shown.join('; ')}${more}. ` +
      'Nothing was published.',
    { exceptionType: REFUSED_EXCEPTION, hint: 'It is tried again when the table has changed.' },
  );
}

function reasonsOf(check: CheckResult): string {
  return check.reasons.map((entry) => `${entry.reason} in ${entry.rows}`).join(', ');
}

function shownRows(check: CheckResult): string {
  const rows = check.shown.map(({ json }) =>
    json.length > SHOWN_CHARACTERS ? `${json.slice(0, SHOWN_CHARACTERS)}…` : json,
  );
  return `The first ${rows.length === 1 ? 'one' : rows.length}: ${rows.join(' ')}`;
}

function warningsOf({ check, nonFinite }: JudgedRows, { experiment }: Subject): Warning[] {
  const warnings: Warning[] = [];
  if (check.duplicates > 0) {
    warnings.push({ kind: 'duplicate', message: `Left out ${rows(check.duplicates)} whose key was there before.` });
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
      message: `${rows(check.withoutBasis)} without an analysis_basis: the console will ignore them.`,
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
      message: `The slug ${JSON.stringify(experiment)} has characters other than letters, digits, - and _: the console will not find the file.`,
    });
  }
  return warnings;
}

function rows(count: number): string {
  return count === 1 ? '1 row' : `${count} rows`;
}

function percent(share: number): string {
  return `${Math.round(share * 1000) / 10}%`;
}
