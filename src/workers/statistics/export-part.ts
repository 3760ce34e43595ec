/** Exports one part of a very large table into a work object: rows separated by commas, to be joined later. */
import { ContrailError } from '../../domain/errors.ts';
import { checkPartName } from '../../domain/work-folder.ts';
import type { StatisticsPartPayload, StatisticsPartSummary } from '../../jobs/statistics-part-job.ts';
import { ABSENT, type ObjectStore } from '../../ports/object-store.ts';
import type { DivisibleSource } from '../../ports/statistics-source.ts';
import { ObjectWriting } from '../publish/object-writing.ts';
import type { ConsoleRules } from '../../domain/console-rules.ts';
import { DropPlan } from './acceptance/drop-plan.ts';
import type { CheckResult } from './acceptance/row-checker.ts';
import { writeFile } from './write-file.ts';

export interface PartDependencies {
  readonly source: DivisibleSource;
  readonly store: ObjectStore;
  readonly duplicateLimit: number;
  /** The version of the console that the file is for. */
  readonly rules: ConsoleRules;
}

export interface PartRun {
  readonly signal: AbortSignal;
  readonly onProgress?: (rows: number, ofRows: number) => void;
}

/** Writes the part and returns its result. A repetition replaces the work object. */
export async function exportPart(
  { source, store, duplicateLimit, rules }: PartDependencies,
  { token, object, period, plan }: StatisticsPartPayload,
  { signal, onProgress }: PartRun,
): Promise<StatisticsPartSummary> {
  checkPartName(object);
  const before = await store.head(object, signal);
  const ifGeneration = before?.generation ?? ABSENT;
  const writing = new ObjectWriting(store, { name: object, contentType: 'application/json', ifGeneration, signal });
  const table = await source.openPart({ token }, signal);
  try {
    const { rows, bytes, nonFinite, check, outline } = await writeFile({
      table,
      writer: await writing.begin(),
      framing: 'rows',
      period,
      rules,
      plan: plan === undefined ? undefined : DropPlan.parse(plan),
      duplicateLimit,
      signal,
      ...(onProgress === undefined ? {} : { onProgress }),
    });
    if (check.rows !== table.rowCount) throw rowsMissing(table.source, table.rowCount, check.rows);
    if (bytes > 0) await writing.commit({});
    return { rows, bytes, nonFinite, check: copyOf(check), outline, usage: table.usage() };
  } finally {
    await writing.discard();
    await table.close();
  }
}

/** A copy that a job's result can hold. */
function copyOf(check: CheckResult): StatisticsPartSummary['check'] {
  const { reasons, shown, branches, windows, bases } = check;
  return {
    ...check,
    reasons: [...reasons],
    shown: [...shown],
    branches: [...branches],
    windows: [...windows],
    bases: [...bases],
  };
}

function rowsMissing(source: string, promised: number, delivered: number): ContrailError {
  return new ContrailError(
    'ROW_COUNT_MISMATCH',
    `A part of ${source} promised ${promised} rows and delivered ${delivered}; nothing was published.`,
    { subject: source },
  );
}
