/** What one must know to read the costs of a day: what is not in them, and why. */
import type { CostReport } from '../../app/cost/read-cost-report.ts';
import { MS_PER_DAY, parseDate, MICROS_PER_MS } from '../../domain/utc-time.ts';

export interface ImportTimes {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** When the daily import starts, milliseconds after midnight UTC. */
  readonly dailyAfterMs: number;
}

export function costNotes(report: CostReport, times: ImportTimes): string[] {
  return [...newerNote(report, times), ...analysisNote(report, times), ...openNote(report)];
}

/** The newest day has no costs yet, so an earlier one is shown. */
function newerNote({ newerWithout, day }: CostReport, times: ImportTimes): string[] {
  const newest = newerWithout.at(-1);
  if (newest === undefined) return [];
  const why = isBeforeImport(newest, times)
    ? ` yet: ${importText(newest, times)}`
    : '; `contrail schedule` does it daily';
  return [
    `The analysis costs of ${newest} are not imported${why}. Shown is ${day}, the newest day that has them. To import it now: contrail run query-cost --date ${newest}`,
  ];
}

function analysisNote({ analysis, day, entries }: CostReport, times: ImportTimes): string[] {
  const again = `To import them now: contrail run query-cost --date ${day}`;
  switch (analysis.state) {
    case 'imported':
      return entries.some(({ kind }) => kind === 'analysis') ? [] : [`The analysis ran no query on ${day}.`];
    case 'failed':
      return [`The import of the analysis costs of ${day} failed (${analysis.problem ?? ''}). ${again}`];
    case 'none':
      return [
        isBeforeImport(day, times)
          ? `The analysis costs of ${day} are not imported yet: ${importText(day, times)}. ${again}`
          : `The analysis costs of ${day} are not imported, or no query ran; \`contrail schedule\` imports them daily. ${again}`,
      ];
  }
}

function openNote({ isComplete, day }: CostReport): string[] {
  return isComplete ? [] : [`${day} is not over: its costs still grow.`];
}

function isBeforeImport(day: string, times: ImportTimes): boolean {
  return times.now < importAt(day, times);
}

/** `that is done after 2026-01-15 03:00 UTC` */
function importText(day: string, times: ImportTimes): string {
  return `that is done after ${new Date(importAt(day, times)).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** Daily work begins so long after the end of the day. */
function importAt(day: string, { dailyAfterMs }: ImportTimes): number {
  return (parseDate(day) ?? Number.NaN) / MICROS_PER_MS + MS_PER_DAY + dailyAfterMs;
}
