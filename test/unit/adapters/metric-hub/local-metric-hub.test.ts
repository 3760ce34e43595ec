import * as fs from 'node:fs';
import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { indexPack, packObjects } from 'isomorphic-git';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../../src/adapters/system/clock.ts';
import { localMetricHub } from '../../../../src/adapters/metric-hub/open-metric-hub.ts';
import { temporaryFolder } from '../../../support/duckdb.ts';
import { commitAll } from '../../../support/git-history.ts';

const never = new AbortController().signal;
const ONE = 'jetstream/outcomes/fenix/one.toml';
const HASH = '0123456789abcdef0123456789abcdef01234567';
const options = { refreshMs: 0, clock: systemClock };

function folderOf(files: Readonly<Record<string, string>>): string {
  const path = temporaryFolder();
  write(path, files);
  return path;
}

function write(path: string, files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), content);
  }
}

describe('a folder without history', () => {
  it('has the commits that outcome_commits.json tells', async () => {
    const commits = JSON.stringify({ source: 'x', commit: HASH, outcomes: { [ONE]: HASH } });
    const hub = await localMetricHub(folderOf({ [ONE]: 'a = 1', 'outcome_commits.json': commits }), options);

    const { newest } = await hub.current(never);

    expect(await newest.lastCommitOf(ONE, never)).toBe(HASH);
  });

  it('is another revision as soon as a file is another', async () => {
    const path = folderOf({ [ONE]: 'a = 1' });
    const hub = await localMetricHub(path, options);
    const before = await hub.current(never);
    write(path, { [ONE]: 'a = 2' });

    const after = await hub.current(never);

    expect(after.newest.id).not.toBe(before.newest.id);
    const [old] = await before.newest.files(never);
    expect(Buffer.from((await old?.read(never)) ?? []).toString()).toBe('a = 1');
  });

  it('serves on when it is taken away, with a warning', async () => {
    const path = folderOf({ [ONE]: 'a = 1' });
    const hub = await localMetricHub(path, options);
    await hub.current(never);
    rmSync(path, { recursive: true });

    const state = await hub.current(never);

    expect(state.warning).toContain(path);
    expect(await state.newest.files(never)).toHaveLength(1);
  });

  it.each<[string, () => string, RegExp]>([
    ['a missing folder', () => join(temporaryFolder(), 'none'), /no folder definitions or jetstream/],
    ['a folder with other things', () => folderOf({ 'lib/x.toml': '' }), /no folder/],
    ['commits that are no JSON', () => folderOf({ [ONE]: '', 'outcome_commits.json': '{' }), /outcome_commits\.json/],
    ['commits of another shape', () => folderOf({ [ONE]: '', 'outcome_commits.json': '[]' }), /outcome_commits\.json/],
  ])('cannot be read: %s', async (_, makePath, reason) => {
    const hub = await localMetricHub(makePath(), options);

    await expect(hub.current(never)).rejects.toMatchObject({ code: 'METRIC_HUB_UNREADABLE' });
    await expect(hub.current(never)).rejects.toThrow(reason);
  });
});

describe('the limits of a file: source', () => {
  const limits = { pack: { bytes: 5_000, setting: 'PACK' }, file: { bytes: 3_000, setting: 'FILE' } };
  const large = 'x'.repeat(3_001);

  it.each<[string, () => string | Promise<string>, RegExp]>([
    ['a file of a folder', () => folderOf({ [ONE]: large }), /one.toml is larger than 3000 bytes, the limit of FILE/],
    [
      'all files of a folder',
      () => folderOf({ [ONE]: large.slice(2), 'jetstream/two.toml': large.slice(2) }),
      /it is larger than 5000 bytes, the limit of PACK/,
    ],
    ['a committed file', async () => committed(large), /a file in it is larger than 3000 bytes, the limit of FILE/],
    ['a packed file', async () => packed(await committed(large)), /a file in it is larger than 3000 bytes/],
  ])('refuse %s', async (_, makePath, reason) => {
    const hub = await localMetricHub(await makePath(), { ...options, limits });
    const reading = async (): Promise<void> => {
      const { newest } = await hub.current(never);
      for (const file of await newest.files(never)) await file.read(never);
    };

    await expect(reading()).rejects.toThrow(reason);
  });

  it('keep links from leading out of a folder', async () => {
    const path = folderOf({ [ONE]: 'a = 1', 'jetstream/two.toml': 'b = 1' });
    const outside = join(folderOf({ 'secret.toml': 's3cret = 1' }), 'secret.toml');
    rmSync(join(path, ONE));
    symlinkSync('../../two.toml', join(path, ONE));
    const hub = await localMetricHub(path, options);
    expect(await (await hub.current(never)).newest.files(never)).toHaveLength(2);

    rmSync(join(path, ONE));
    symlinkSync(outside, join(path, ONE));

    const fresh = await localMetricHub(path, options);
    await expect(fresh.current(never)).rejects.toThrow('one.toml is a link that leads out of the folder');
  });

  it('keep folders that are links from leading out of a folder', async () => {
    const path = folderOf({ 'kept/two.toml': 'b = 1' });
    const outside = folderOf({ 'jetstream/secret.toml': 's3cret = 1' });
    symlinkSync('kept', join(path, 'jetstream'));
    const within = await localMetricHub(path, options);
    expect(await (await within.current(never)).newest.files(never)).toHaveLength(1);

    rmSync(join(path, 'jetstream'));
    symlinkSync(join(outside, 'jetstream'), join(path, 'jetstream'));

    const fresh = await localMetricHub(path, options);
    await expect(fresh.current(never)).rejects.toThrow('jetstream is a link that leads out of the folder');
  });

  async function committed(content: string): Promise<string> {
    const path = temporaryFolder();
    await commitAll(path, [{ files: { [ONE]: content }, at: 1_000 }]);
    return path;
  }

  /** The same repository with its objects in one pack. */
  async function packed(dir: string): Promise<string> {
    const objects = join(dir, '.git/objects');
    const names = readdirSync(objects, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /^..\/.{38}$/.test(name),
    );
    const oids = names.map((name) => name.replace('/', ''));
    const { filename } = await packObjects({ fs, dir, oids, write: true });
    await indexPack({ fs, dir, filepath: join('.git/objects/pack', filename) });
    for (const name of names) rmSync(join(objects, name));
    return dir;
  }
});

describe('a checkout', () => {
  it('is what is committed, and follows its HEAD', async () => {
    const path = temporaryFolder();
    await commitAll(path, [{ files: { [ONE]: 'a = 1' }, at: 1_000 }]);
    const hub = await localMetricHub(path, options);
    write(path, { [ONE]: 'a = 2' });

    const before = await textOf(hub);
    await commitAll(path, [{ files: { [ONE]: 'a = 3' }, at: 2_000 }]);

    expect([before, await textOf(hub)]).toEqual(['a = 1', 'a = 3']);
  });

  it('counts as a plain folder as long as nothing is committed', async () => {
    const path = folderOf({ [ONE]: 'a = 1' });
    await commitAll(path, []);

    const hub = await localMetricHub(path, options);

    expect(await textOf(hub)).toBe('a = 1');
  });

  it('cannot be read where objects are missing, and says which repository', async () => {
    const path = temporaryFolder();
    await commitAll(path, [{ files: { [ONE]: 'a = 1' }, at: 1_000 }]);
    const hub = await localMetricHub(path, options);
    rmSync(join(path, '.git/objects'), { recursive: true });

    await expect(hub.current(never)).rejects.toMatchObject({ code: 'METRIC_HUB_UNREADABLE', subject: `file:${path}` });
  });
});

async function textOf(hub: Awaited<ReturnType<typeof localMetricHub>>): Promise<string> {
  const [file] = await (await hub.current(never)).newest.files(never);
  return Buffer.from((await file?.read(never)) ?? []).toString();
}
