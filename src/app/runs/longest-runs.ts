/** Which files of a plan took longest when they were last made. */
import type { DueFile } from '../../producer/product-plan.ts';
import type { Run } from './read-runs.ts';

export interface LongestRun {
  readonly file: DueFile;
  /** Of its last run that published it, or found nothing changed. */
  readonly durationMs: number;
  /** Milliseconds since 1970. */
  readonly finishedAt: number;
}

/** `runs` newest first. Files that were never made, or too long ago, are left out. */
export function longestRuns(runs: readonly Run[], due: readonly DueFile[], most: number): LongestRun[] {
  const last = new Map<string, Run>();
  for (const run of runs) {
    const key = keyOf(run);
    if ((run.outcome === 'published' || run.outcome === 'unchanged') && !last.has(key)) last.set(key, run);
  }
  const found = due.flatMap((file): LongestRun[] => {
    const run = last.get(keyOf(file));
    return run?.durationMs === undefined ? [] : [{ file, durationMs: run.durationMs, finishedAt: run.finishedAt }];
  });
  return found.toSorted((a, b) => b.durationMs - a.durationMs).slice(0, most);
}

function keyOf({
  product,
  experiment,
  period,
}: Pick<Run, 'product'> & { experiment?: string | undefined; period?: string | undefined }): string {
  return JSON.stringify([product, experiment ?? '', period ?? '']);
}
