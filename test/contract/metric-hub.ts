/** What every metric-hub must do. */
import { describe, expect, it } from 'vitest';
import type { HubRevision, MetricHub } from '../../src/ports/metric-hub.ts';
import type { TestCommit } from '../support/git-history.ts';

const never = new AbortController().signal;

const ONE = 'jetstream/outcomes/fenix/one.toml';
const TWO = 'jetstream/outcomes/fenix/two.toml';
const FIRST = { 'definitions/fenix.toml': 'a = 1\n', [ONE]: 'b = 1\n' };
const COMMITS: readonly TestCommit[] = [
  { files: FIRST, at: 1_000_000 },
  { files: { ...FIRST, [TWO]: 'c = 1\n', 'README.md': 'x', 'lib/x.toml': 'no' }, at: 2_000_000 },
  { files: { ...FIRST, [TWO]: 'c = 2\n', 'jetstream/my-slug.toml': 'd = "Größe"\r\n' }, at: 3_000_000 },
];

export interface HubWorld {
  readonly hub: MetricHub;
  /** Hashes of the commits; a hub without history has none. */
  readonly ids: readonly string[];
}

/** `setup` makes a hub with these commits; one without history has the files of the last. */
export function describeMetricHub(name: string, setup: Setup, { hasHistory }: { readonly hasHistory: boolean }): void {
  describe(`metric-hub: ${name}`, () => {
    it('gives the files that Contrail reads, and no others, byte for byte', async () => {
      const { hub } = await setup(COMMITS);
      const { newest } = await hub.current(never);

      const files = await newest.files(never);

      const read = files.map(async (file) => [file.path, Buffer.from(await file.read(never)).toString()]);
      expect(await Promise.all(read)).toEqual([
        ['definitions/fenix.toml', 'a = 1\n'],
        ['jetstream/my-slug.toml', 'd = "Größe"\r\n'],
        [ONE, 'b = 1\n'],
        [TWO, 'c = 2\n'],
      ]);
    });

    it('tells equal content by its id', async () => {
      const { hub } = await setup([{ files: { ...FIRST, [TWO]: 'b = 1\n' }, at: 1_000_000 }]);
      const { newest } = await hub.current(never);

      const files = await newest.files(never);

      const idOf = (path: string) => files.find((file) => file.path === path)?.contentId;
      expect(idOf(ONE)).toBe(idOf(TWO));
      expect(idOf(ONE)).not.toBe(idOf('definitions/fenix.toml'));
    });

    it('gives the same revision as long as nothing has changed', async () => {
      const { hub } = await setup(COMMITS);

      const revisions = [(await hub.current(never)).newest.id, (await hub.current(never)).newest.id];

      expect(revisions[0]).toBe(revisions[1]);
    });

    it('knows nothing of a file that is not there', async () => {
      const { hub } = await setup(COMMITS);
      const { newest } = await hub.current(never);

      expect(await newest.lastCommitOf('jetstream/outcomes/fenix/none.toml', never)).toBeNull();
      expect(await newest.lastCommitOf('jetstream/outcomes/none/one.toml', never)).toBeNull();
    });

    it('warns of nothing where there is nothing to warn of', async () => {
      const { hub } = await setup(COMMITS);

      expect((await hub.current(never)).warning).toBeUndefined();
    });

    it('refuses work that was aborted before it began, with the reason', async () => {
      const { hub } = await setup(COMMITS);
      const aborted = AbortSignal.abort(new Error('stop'));

      await expect(hub.current(aborted)).rejects.toThrow('stop');
    });

    if (hasHistory) describeHistory(setup);
    else describeNoHistory(setup);
  });
}

type Setup = (commits: readonly TestCommit[]) => Promise<HubWorld>;

function describeNoHistory(setup: Setup): void {
  it('has one revision where there is no history', async () => {
    const { hub } = await setup(COMMITS);
    const state = await hub.current(never);

    expect(await state.since(0, never)).toEqual([state.newest]);
    expect(state.newest.committedAt).toBeUndefined();
  });
}

function describeHistory(setup: Setup): void {
  it('tells the last commit that touched a file', async () => {
    const { hub, ids } = await setup(COMMITS);
    const { newest } = await hub.current(never);

    expect(newest.id).toBe(ids[2]);
    expect(await newest.lastCommitOf(ONE, never)).toBe(ids[0]);
    expect(await newest.lastCommitOf(TWO, never)).toBe(ids[2]);
  });

  it.each([
    ['a time before all commits', 0, [0, 1, 2]],
    ['the time of a commit', 2_000_000, [1, 2]],
    ['a time between commits', 2_999_999, [1, 2]],
    ['a time after all commits', 9_000_000, [2]],
  ])('gives the revisions since %s, oldest first', async (_, time, expected) => {
    const { hub, ids } = await setup(COMMITS);
    const state = await hub.current(never);

    const revisions = await state.since(time, never);

    expect(revisions.map((revision: HubRevision) => revision.id)).toEqual(expected.map((index) => ids[index]));
    const files = await revisions[0]?.files(never);
    expect(files?.some((file) => file.path === TWO)).toBe(expected[0] !== 0);
  });
}
