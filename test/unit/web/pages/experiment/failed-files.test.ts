import { expect, it } from 'vitest';
import { withFailures } from '../../../../../src/web/pages/experiment/failed-files.ts';
import type { ExperimentRun, FileCondition } from '../../../../../src/web/pages/experiment/source.ts';

function run(finishedAt: number, outcome: string, part: Partial<ExperimentRun> = {}): ExperimentRun {
  const nothing = { code: undefined, durationMs: undefined, rows: undefined, costUsd: undefined };
  const job = { jobId: 'j', queue: 'statistics', attempt: 1, product: 'statistics', period: 'weekly' };
  return { ...nothing, ...job, finishedAt, outcome, message: `${outcome} at ${finishedAt}`, ...part };
}
function stateAfter(runs: readonly ExperimentRun[], state?: FileCondition): FileCondition | undefined {
  const file = { product: 'statistics', experiment: 'my-slug', period: 'weekly' } as const;
  const line = { file, object: 'o', published: undefined, state };
  const files = { files: [line], checkedAt: undefined, analysisStart: null, overrides: [] };
  return withFailures(files, runs).files[0]?.state;
}

it('a file whose newest run failed has failed', () => {
  const state = { state: 'failed', since: 3, detail: 'failed at 3', needsYou: true };

  expect(stateAfter([run(3, 'failed'), run(2, 'published')])).toEqual(state);
  expect(stateAfter([run(4, 'retrying'), run(3, 'failed')])).toEqual(state);
});

it('a later success, another file, and a known state say otherwise', () => {
  const fresh = { state: 'fresh', needsYou: false } as const;

  expect(stateAfter([run(3, 'unchanged'), run(2, 'failed')])).toBeUndefined();
  expect(stateAfter([run(3, 'failed', { period: 'daily' })])).toBeUndefined();
  expect(stateAfter([run(3, 'failed')], fresh)).toEqual(fresh);
});
