/** Prints the checks of `contrail doctor`. */
import type { CheckResult, CheckState } from '../../app/doctor/check.ts';
import { oneLine, plural, printJson, printResult, say } from '../output.ts';

const STATES: readonly CheckState[] = ['ok', 'warning', 'failed'];

/** In columns on a terminal, with the remedy below; else a tab-separated line each. */
export function printChecks(results: readonly CheckResult[]): void {
  const lines = process.stdout.isTTY ? checkLines(results) : results.map(tabbedLine);
  lines.forEach(printResult);
  say(`${plural(results.length, 'check')}: ${totalsText(results)}.`);
}

export function printChecksAsJson(results: readonly CheckResult[]): void {
  printJson({ ok: !results.some(({ state }) => state === 'failed'), totals: totalsOf(results), checks: results });
}

export function checkLines(results: readonly CheckResult[]): string[] {
  const width = Math.max(0, ...results.map(({ check }) => check.length));
  return results.flatMap(({ state, check, detail, remedy }) => [
    `${state.padEnd(8)}${check.padEnd(width)}  ${oneLine(detail)}`,
    ...(remedy === undefined ? [] : [`${' '.repeat(8 + width)}  → ${oneLine(remedy)}`]),
  ]);
}

function tabbedLine({ state, check, detail, remedy = '' }: CheckResult): string {
  return [state, check, oneLine(detail), oneLine(remedy)].join('\t');
}

function totalsOf(results: readonly CheckResult[]): Record<CheckState, number> {
  const count = (state: CheckState): number => results.filter((result) => result.state === state).length;
  return { ok: count('ok'), warning: count('warning'), failed: count('failed') };
}

function totalsText(results: readonly CheckResult[]): string {
  const totals = totalsOf(results);
  return STATES.filter((state) => totals[state] > 0)
    .map((state) => `${totals[state]} ${state}`)
    .join(', ');
}
