/** Prints an explanation: for people on a terminal, in tab-separated lines when piped, or as JSON. */
import { printable } from '../../domain/terminal-text.ts';
import { explanationDocument } from '../../domain/trace/explanation-document.ts';
import type { Explanation, FoundPeriod } from '../../domain/trace/explanation.ts';
import { lostGroups } from '../../domain/trace/lost-groups.ts';
import { isLost, type LostCell, type ReasonFacts, reasonText } from '../../domain/trace/reason-text.ts';
import { countCells, traceHeadline, traceSteps } from '../../domain/trace/headline.ts';
import type { TraceCell } from '../../domain/trace/cell.ts';
import { oneLine, plural, printJson, printResult, say } from '../output.ts';

type Untraced = NonNullable<Explanation['untraced']>;

/** What happened at each step, for people. */
const LOST_AT: Readonly<Record<LostCell['lost'], string>> = {
  due: 'not due',
  computed: 'not computed',
  published: 'not published',
  shown: 'not shown',
};

export function printExplanation(explanation: Explanation): void {
  const { experiment, cells, problems, warnings, untraced } = explanation;
  for (const text of warnings) say(`warning: ${oneLine(text)}`);
  for (const { sentence } of problems) say(`warning: ${oneLine(sentence)}`);
  const isForPeople = process.stdout.isTTY;
  if (untraced !== undefined) printUntraced(experiment, untraced, isForPeople);
  else if (isForPeople) explanationLines(explanation).forEach(printResult);
  else {
    say(headlineOf(explanation));
    for (const cell of cells.filter(isLost)) printResult(fieldsOf(cell, factsOf(explanation)).join('\t'));
  }
}

export function printExplanationAsJson(explanation: Explanation): void {
  printJson(explanationDocument(explanation));
}

/** Headline, one line per step, then each reason with its metrics and the next step. */
export function explanationLines(explanation: Explanation): string[] {
  const { cells } = explanation;
  const lines = [headlineOf(explanation)];
  if (cells.length === 0) return lines;
  lines.push('', ...stepLines(cells));
  for (const { period, window, lost, metrics, why, next } of lostGroups(cells, factsOf(explanation))) {
    const place = window === null || lost === 'due' ? period : `${period}, window ${window}`;
    lines.push(
      '',
      printable(`${place}: ${LOST_AT[lost]}: ${metrics.join(', ')}`),
      `  ${oneLine(why)}`,
      `  → ${oneLine(next)}`,
    );
  }
  return lines;
}

function factsOf({ experiment, failedExports, rebuilding }: Explanation): ReasonFacts {
  return { slug: experiment, failedExports, rebuilding };
}

function headlineOf({ experiment, cells }: Explanation): string {
  const text =
    cells.length === 0 ? 'no results are expected, because no metric is configured' : traceHeadline(countCells(cells));
  return printable(`${experiment}: ${text}`);
}

function stepLines(cells: readonly TraceCell[]): string[] {
  return traceSteps(countCells(cells)).map(
    ({ step, left, lost }) => `${step.padEnd(12)}${String(left).padStart(6)}${lost > 0 ? `   ${lost} lost` : ''}`,
  );
}

/** Period, metric, basis, segment, window, step, reason, explanation and next step. */
function fieldsOf(cell: LostCell, facts: ReasonFacts): string[] {
  const { period, metric, basis, segment, window, lost, reason } = cell;
  const { why, next } = reasonText(cell, facts);
  return [period, metric, basis, segment, window === null ? '' : String(window), lost, reason, why, next].map(oneLine);
}

/** An error that is not the answer is printed by its thrower. */
function printUntraced(experiment: string, { error, found }: Untraced, isForPeople: boolean): void {
  say(printable(`${experiment}: it cannot be known which results are expected.`));
  if (error.failureClass === 'content') say(oneLine(error.sentence));
  if (found.length === 0) say('It has no tables and no published files.');
  for (const period of found) printResult(foundFields(period).join(isForPeople ? '  ' : '\t'));
}

function foundFields({ period, tables, file }: FoundPeriod): string[] {
  return [period, plural(tables, 'table'), file === undefined ? 'not published' : oneLine(file)];
}
