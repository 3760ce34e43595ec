import { describe, expect, it } from 'vitest';
import { GitHistory, TreeMemory } from '../../../../src/adapters/metric-hub/git-history.ts';
import { GitRepository } from '../../../../src/adapters/metric-hub/git-repository.ts';
import { temporaryFolder } from '../../../support/duckdb.ts';
import { commitAll, type TestCommit } from '../../../support/git-history.ts';

const ONE = 'jetstream/outcomes/fenix/one.toml';
const TWO = 'jetstream/outcomes/fenix/two.toml';

async function historyOf(commits: readonly TestCommit[]) {
  const dir = temporaryFolder();
  const ids = await commitAll(dir, commits);
  const repository = new GitRepository(`${dir}/.git`);
  const history = new GitHistory(await repository.commitsFrom(ids.at(-1) ?? ''), new TreeMemory(repository));
  return { ids, history };
}

describe('the last commit that touched a file', () => {
  it('is the one that brought it back where it was gone', async () => {
    const { ids, history } = await historyOf([
      { files: { [ONE]: '1' }, at: 1_000 },
      { files: { [TWO]: '1' }, at: 2_000 },
      { files: { [ONE]: '1', [TWO]: '1' }, at: 3_000 },
      { files: { [ONE]: '1', [TWO]: '2' }, at: 4_000 },
    ]);

    expect(await history.lastCommitOf(ONE)).toBe(ids[2]);
  });

  it('is not a merge that took the file from one side', async () => {
    const { ids, history } = await historyOfMerge({ [ONE]: 'left', [TWO]: 'right' });

    expect(await history.lastCommitOf(ONE)).toBe(ids[1]);
    expect(await history.lastCommitOf(TWO)).toBe(ids[2]);
  });

  it('is a merge that made another file of both sides', async () => {
    const { ids, history } = await historyOfMerge({ [ONE]: 'both', [TWO]: 'right' });

    expect(await history.lastCommitOf(ONE)).toBe(ids[3]);
  });
});

/** One side changes the first file, the other the second, and the merge has these files. */
async function historyOfMerge(files: Readonly<Record<string, string>>) {
  const dir = temporaryFolder();
  const [base = ''] = await commitAll(dir, [{ files: { [ONE]: '0', [TWO]: '0' }, at: 1_000 }]);
  const [left = ''] = await commitAll(dir, [{ files: { [ONE]: 'left', [TWO]: '0' }, at: 2_000, parents: [base] }]);
  const [right = ''] = await commitAll(dir, [{ files: { [ONE]: '0', [TWO]: 'right' }, at: 3_000, parents: [base] }]);
  const [merge = ''] = await commitAll(dir, [{ files, at: 4_000, parents: [left, right] }]);
  const repository = new GitRepository(`${dir}/.git`);
  const history = new GitHistory(await repository.commitsFrom(merge), new TreeMemory(repository));
  return { ids: [base, left, right, merge], history };
}
