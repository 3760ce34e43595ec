/** Prints what `contrail verify` found: faults and totals for people, a line per file for programs, or JSON. */
import type { VerifiedFile, VerifiedState } from '../../app/verify/check-file.ts';
import { remedyOf } from '../../app/verify/faults.ts';
import type { VerifyReport } from '../../app/verify/verify-files.ts';
import { nameOfFile } from '../../producer/product-plan.ts';
import type { EnqueueReport } from '../../producer/enqueue-files.ts';
import { oneLine, plural, printJson, printResult, say } from '../output.ts';
import { warningsOf } from '../read-plan.ts';

const STATES: readonly VerifiedState[] = ['ok', 'behind', 'faulty'];

export function printReportAsJson({ files, plan }: VerifyReport, repaired: EnqueueReport | undefined): void {
  printJson({
    totals: totalsOf(files),
    files: files.map(documentOf),
    ...(repaired === undefined
      ? {}
      : {
          enqueued: repaired.enqueued.map(({ due, jobId }) => ({ file: nameOfFile(due), queue: due.queue, jobId })),
          skipped: repaired.skipped.map(({ due, jobId, reason }) => ({ file: nameOfFile(due), jobId, reason })),
        }),
    warnings: warningsOf(plan),
  });
}

/** On a terminal only faulty files are listed; in a pipe each file is a line `object, state, code, fault, remedy`. */
export function printReport({ files }: VerifyReport, repaired: EnqueueReport | undefined): void {
  if (process.stdout.isTTY) {
    for (const { published, faults } of files)
      for (const line of faultLines(published.object.name, faults)) printResult(line);
  } else {
    for (const file of files) for (const line of tabLines(file)) printResult(line);
  }
  say(summaryOf(files));
  if (repaired === undefined) return;
  const others = totalsOf(files).faulty - repaired.enqueued.length;
  say(
    `${plural(repaired.enqueued.length, 'file')} enqueued; workers publish ${repaired.enqueued.length === 1 ? 'it' : 'them'} anew.`,
  );
  if (others > 0) say(`${plural(others, 'file')} cannot be repaired by publishing; see above.`);
}

function totalsOf(files: readonly VerifiedFile[]): Record<VerifiedState | 'files' | 'withoutSource', number> {
  const count = (state: VerifiedState): number => files.filter((file) => file.state === state).length;
  return {
    files: files.length,
    ok: count('ok'),
    behind: count('behind'),
    faulty: count('faulty'),
    withoutSource: files.filter(({ published }) => published.source === undefined).length,
  };
}

function documentOf({ published: { object, file, source }, state, faults }: VerifiedFile) {
  return {
    object: object.name,
    ...(file === undefined ? {} : { product: file.product, experiment: file.experiment }),
    ...(file?.period === undefined ? {} : { period: file.period }),
    state,
    /** Whether there is a source to compare the file with. */
    hasSource: source !== undefined,
    faults: faults.map((fault) => ({ ...fault, remedy: remedyOf(fault) })),
  };
}

function faultLines(name: string, faults: VerifiedFile['faults']): string[] {
  if (faults.length === 0) return [];
  const remedies = [...new Set(faults.map(remedyOf))];
  return [
    oneLine(name),
    ...faults.map(({ message }) => `  ${oneLine(message)}`),
    ...remedies.map((remedy) => `  → ${remedy}`),
  ];
}

function tabLines({ published, state, faults }: VerifiedFile): string[] {
  const name = oneLine(published.object.name);
  if (faults.length === 0) return [[name, state, '', '', ''].join('\t')];
  return faults.map((fault) => [name, state, fault.code, oneLine(fault.message), remedyOf(fault)].join('\t'));
}

function summaryOf(files: readonly VerifiedFile[]): string {
  const totals = totalsOf(files);
  const states = STATES.filter((state) => totals[state] > 0).map((state) => `${totals[state]} ${state}`);
  const bare = totals.withoutSource === 0 ? '' : ` ${totals.withoutSource} without a source to compare with.`;
  return files.length === 0
    ? 'There are no published files.'
    : `${plural(files.length, 'file')}: ${states.join(', ')}.${bare}`;
}
