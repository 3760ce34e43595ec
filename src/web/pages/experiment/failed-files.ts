/** Failures of files whose state is not known, as while nobody scans: the newest run of each file tells. */
import type { ExperimentFiles, ExperimentRun, FileLine } from './source.ts';

/** These decide nothing: the job goes on. */
const UNDECIDED: readonly string[] = ['retrying', 'snoozed', 'divided'];

/** `runs` newest first. */
export function withFailures(files: ExperimentFiles, runs: readonly ExperimentRun[]): ExperimentFiles {
  return { ...files, files: files.files.map((line) => (line.state === undefined ? withFailure(line, runs) : line)) };
}

function withFailure(line: FileLine, runs: readonly ExperimentRun[]): FileLine {
  const { product, period } = line.file;
  const newest = runs.find(
    (run) => run.product === product && run.period === period && !UNDECIDED.includes(run.outcome),
  );
  if (newest?.outcome !== 'failed') return line;
  return { ...line, state: { state: 'failed', since: newest.finishedAt, detail: newest.message, needsYou: true } };
}
