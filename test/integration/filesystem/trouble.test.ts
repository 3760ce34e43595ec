/** Disks that are full, folders that cannot be written, and files that others have put there. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { FileObjectStore } from '../../../src/adapters/filesystem/object-store.ts';
import { ABSENT } from '../../../src/ports/object-store.ts';
import { publish, readText } from '../../contract/object-store.ts';
import { temporaryFolder } from '../../support/duckdb.ts';
import { mountTmpfs } from '../../support/mount-tmpfs.ts';
import { startStoreProcess } from './store-process.ts';

const NAME = 'statistics/statistics_x_weekly.json';
const never = new AbortController().signal;

describe('a full disk', () => {
  it('is reported at the limit of file sizes; the last good object stays and nothing else', async () => {
    const root = temporaryFolder();
    const old = await publish(new FileObjectStore({ root, clock: systemClock }), {
      name: NAME,
      text: 'old',
      metadata: { is: 'old' },
    });
    const child = await startStoreProcess(root, 'ulimit -f 64');

    const publishing = child.ask('publish', {
      name: NAME,
      text: 'x'.repeat(1_000_000),
      ifGeneration: old.generation,
    });

    await expect(publishing).rejects.toMatchObject({
      code: 'TARGET_FULL',
      message: expect.stringMatching(/ulimit -f.*CONTRAIL_BUCKET/),
    });
    expect(await child.ask('list')).toEqual([old]);
    expect(filesIn(join(root, '.contrail/tmp'))).toEqual([]);
  });

  it('is reported when no room is left; the last good object stays, and a smaller one can follow', async (context) => {
    const root = mountTmpfs(context, 'size=512k');
    const store = new FileObjectStore({ root, clock: systemClock });
    const old = await publish(store, { name: NAME, text: 'old', metadata: { is: 'old' } });

    const publishing = publish(store, { name: NAME, text: 'x'.repeat(1_000_000), ifGeneration: old.generation });

    await expect(publishing).rejects.toMatchObject({
      code: 'TARGET_FULL',
      message: expect.stringContaining('the disk is full'),
    });
    expect(await store.list('', never)).toEqual([old]);
    expect(filesIn(join(root, '.contrail/tmp'))).toEqual([]);
    await publish(store, { name: NAME, text: 'new', ifGeneration: old.generation });
    expect(await readText(store, NAME)).toBe('new');
  });

  it('is reported when only the metadata has no room; the last good object keeps its own', async (context) => {
    const root = mountTmpfs(context, 'size=64k');
    const store = new FileObjectStore({ root, clock: systemClock });
    const old = await publish(store, { name: NAME, text: 'old', metadata: { is: 'old' } });
    const metadata = { is: 'x'.repeat(100_000) };

    const publishing = publish(store, { name: NAME, text: 'new', ifGeneration: old.generation, metadata });

    await expect(publishing).rejects.toMatchObject({ code: 'TARGET_FULL' });
    expect(await store.list('', never)).toEqual([old]);
    expect(await readText(store, NAME)).toBe('old');
    expect([filesIn(join(root, '.contrail/tmp')), filesIn(join(root, '.contrail/locks'))]).toEqual([[], []]);
  });
});

describe('a target that cannot be written', () => {
  it.each([
    ['a folder under a file', (folder: string) => join(fileIn(folder), 'out')],
    ['a file', (folder: string) => fileIn(folder)],
    ['a folder where none can be made', () => '/proc/contrail'],
    ['a store in which a file has the place of a folder', (folder: string) => (fileIn(folder, 'statistics'), folder)],
    ['a store in which a folder has the place of the file', (folder: string) => (makeFolder(folder, NAME), folder)],
    [
      'a store in which a link leads out of it',
      (folder: string) => (symlinkSync(temporaryFolder(), join(folder, 'statistics')), folder),
    ],
    ['a store whose private folder is a file', (folder: string) => (fileIn(folder, '.contrail'), folder)],
  ])('is reported before anything is written: %s', async (_, makeRoot) => {
    const root = makeRoot(temporaryFolder());
    const store = new FileObjectStore({ root, clock: systemClock });

    const writing = store.write({ name: NAME, contentType: 'text/plain', ifGeneration: ABSENT, signal: never });

    await expect(writing).rejects.toMatchObject({
      code: 'TARGET_UNWRITABLE',
      message: expect.stringContaining(root),
      sentence: expect.stringContaining('CONTRAIL_BUCKET'),
    });
    expect(filesIn(join(root, '.contrail/tmp'))).toEqual([]);
  });

  it('is reported to a user without the right, and one without the right to read cannot read', async () => {
    const folder = temporaryFolder();
    const root = makeFolder(folder, 'out');
    chmodSync(folder, 0o755);
    chmodSync(root, 0o555);
    const child = await startStoreProcess(root);
    await child.ask('becomeNobody');

    const writing = child.ask('publish', { name: NAME, text: '[]', ifGeneration: ABSENT });
    await expect(writing).rejects.toMatchObject({
      code: 'TARGET_UNWRITABLE',
      message: expect.stringMatching(new RegExp(`${root}.*permission denied.*CONTRAIL_BUCKET`)),
    });

    chmodSync(root, 0o000);
    for (const reading of ['head', 'list']) {
      await expect(child.ask(reading, { name: NAME })).rejects.toMatchObject({
        code: 'TARGET_UNREADABLE',
        message: expect.stringMatching(new RegExp(`${root}.*permission denied.*CONTRAIL_BUCKET`)),
      });
    }
    chmodSync(root, 0o700);
  });

  it('is reported on a read-only file system, which can still be read', async (context) => {
    const root = mountTmpfs(context, 'size=512k');
    const store = new FileObjectStore({ root, clock: systemClock });
    const old = await publish(store, { name: NAME, metadata: { is: 'old' } });
    execFileSync('mount', ['-o', 'remount,ro', root]);

    const writing = publish(store, { name: NAME, ifGeneration: old.generation });

    await expect(writing).rejects.toMatchObject({
      code: 'TARGET_UNWRITABLE',
      message: expect.stringContaining('read-only'),
    });
    expect(await store.list('', never)).toEqual([old]);
  });

  it('is told from an empty store: a root that is a file cannot be read', async () => {
    const root = fileIn(temporaryFolder());
    const store = new FileObjectStore({ root, clock: systemClock });

    const results = await Promise.allSettled([
      store.head(NAME, never),
      store.head('a', never),
      store.list('', never),
      store.list('statistics/', never),
      store.read(NAME, never),
    ]);

    const codes = results.map((result) => (result.status === 'rejected' ? result.reason.code : 'none'));
    expect(codes).toEqual(Array.from({ length: 5 }, () => 'TARGET_UNREADABLE'));
  });
});

describe('files of others', () => {
  it('are objects without metadata, of a generation of their own', async () => {
    const root = temporaryFolder();
    const store = new FileObjectStore({ root, clock: systemClock });
    mkdirSync(join(root, 'statistics'));
    writeFileSync(join(root, NAME), '[1]');

    const found = await store.head(NAME, never);
    const replaced = await publish(store, { name: NAME, ifGeneration: found?.generation ?? ABSENT });

    expect(found).toMatchObject({ bytes: 3, metadata: {} });
    expect(found?.changedAt).toBeGreaterThan(Date.parse('2020-01-01'));
    expect(replaced.generation).not.toBe(found?.generation);
  });

  it('that replace an object of ours take its metadata away and change its generation', async () => {
    const root = temporaryFolder();
    const store = new FileObjectStore({ root, clock: systemClock });
    const ours = await publish(store, { name: NAME, text: '[1]', metadata: { is: 'ours' } });
    writeFileSync(join(root, 'aside'), '[2]');
    renameSync(join(root, 'aside'), join(root, NAME));

    const publishing = publish(store, { name: NAME, ifGeneration: ours.generation });

    await expect(publishing).rejects.toMatchObject({ code: 'OBJECT_CHANGED' });
    expect(await store.head(NAME, never)).toMatchObject({ metadata: {} });
    expect(await readText(store, NAME)).toBe('[2]');
  });

  it('with a time in the future are replaced by objects of a later time', async () => {
    const root = temporaryFolder();
    const store = new FileObjectStore({ root, clock: systemClock });
    writeFileSync(join(root, 'a'), '[1]');
    utimesSync(join(root, 'a'), new Date('2100-01-01'), new Date('2100-01-01'));
    const before = await store.head('a', never);

    const published = await publish(store, { name: 'a', ifGeneration: before?.generation ?? ABSENT });

    expect(published.changedAt).toBeGreaterThan(Date.parse('2100-01-01'));
    expect(await store.head('a', never)).toEqual(published);
  });

  it('under links are no objects, and a link in the place of an object is replaced, not followed', async () => {
    const root = temporaryFolder();
    const outside = temporaryFolder();
    writeFileSync(join(outside, 'x.json'), 'outside');
    symlinkSync(outside, join(root, 'linked'));
    symlinkSync(join(outside, 'x.json'), join(root, 'x.json'));
    const store = new FileObjectStore({ root, clock: systemClock });

    const seen = [
      await store.list('', never),
      await store.list('linked/', never),
      await store.head('linked/x.json', never),
      await store.read('linked/x.json', never),
      await store.head('x.json', never),
      await store.read('x.json', never),
    ];
    await publish(store, { name: 'x.json', text: 'inside' });

    expect(seen).toEqual([[], [], undefined, undefined, undefined, undefined]);
    expect(readFileSync(join(outside, 'x.json'), 'utf8')).toBe('outside');
    expect(await readText(store, 'x.json')).toBe('inside');
  });

  it('that spoil a sidecar cost the object its metadata and no more', async () => {
    const root = temporaryFolder();
    const store = new FileObjectStore({ root, clock: systemClock });
    const first = await publish(store, { name: NAME, metadata: { is: 'first' } });
    writeFileSync(join(root, '.contrail/objects', `${NAME}.json`), '{"name":');

    const found = await store.head(NAME, never);
    const second = await publish(store, { name: NAME, ifGeneration: first.generation, metadata: { is: 'second' } });

    expect(found).toEqual({ ...first, metadata: {} });
    expect(await store.head(NAME, never)).toEqual(second);
  });

  it('may remove all of the store between two writes', async () => {
    const root = join(temporaryFolder(), 'out');
    const store = new FileObjectStore({ root, clock: systemClock });
    await publish(store, { name: NAME });
    rmSync(root, { recursive: true });

    const published = await publish(store, { name: NAME });

    expect(await store.list('', never)).toEqual([published]);
  });
});

describe('what is left behind', () => {
  it('is nothing when a store is only read', async () => {
    const root = join(temporaryFolder(), 'out');
    const store = new FileObjectStore({ root, clock: systemClock });

    await store.list('', never);
    await store.head(NAME, never);
    await store.read(NAME, never);

    expect(existsSync(root)).toBe(false);
  });

  it('is nothing outside the private folder while an object is written', async () => {
    const root = temporaryFolder();
    const store = new FileObjectStore({ root, clock: systemClock });

    const writer = await store.write({ name: NAME, contentType: 'text/plain', ifGeneration: ABSENT, signal: never });
    await writer.write(Buffer.from('[1'));

    expect(readdirSync(root)).toEqual(['.contrail']);
    await writer.discard();
    expect(filesIn(root)).toEqual([]);
  });

  it('is removed when its owner is dead or has not been heard of for an hour, and else is not touched', async () => {
    const { root, child, liveFile } = await setupLeftovers();
    const tmp = join(root, '.contrail/tmp');
    const locks = join(root, '.contrail/locks');
    const dead = liveFile.replace(`~${child.pid}~`, '~999999999~');
    const reused = liveFile.replace(/~\d+(~[0-9a-f]{16})$/, '~1$1');
    const foreign = liveFile.replace(/^[^~]+/, 'elsewhere');
    const rebooted = liveFile.replace(/^([^~]+~[^~]+)~[^~]+/, '$1~00000000');
    for (const file of [dead, reused, rebooted, foreign, 'of-no-form']) writeFileSync(join(tmp, file), 'x');
    for (const file of [`${foreign.slice(0, -1)}-`, 'of-no-form-either']) writeOld(join(tmp, file));
    for (const [index, owner] of [dead, reused, rebooted, foreign, liveFile].entries()) {
      symlinkSync(owner, join(locks, String(index)));
    }

    await publish(new FileObjectStore({ root, clock: systemClock }), { name: 'errors/other.json' });

    expect(readdirSync(tmp).sort()).toEqual([liveFile, foreign, 'of-no-form'].sort());
    expect(readdirSync(locks).sort()).toEqual(['3', '4']);
    await child.ask('finish');
    expect(await readText(new FileObjectStore({ root, clock: systemClock }), NAME)).toBe('[1');
  });
});

/** A folder in which another process is writing an object, and the name of its temporary file. */
async function setupLeftovers() {
  const root = temporaryFolder();
  const child = await startStoreProcess(root);
  await child.ask('hold', { name: NAME, text: '[1' });
  const [liveFile = ''] = readdirSync(join(root, '.contrail/tmp'));
  return { root, child, liveFile };
}

function writeOld(path: string): void {
  writeFileSync(path, 'x');
  const longAgo = new Date(statSync(path).mtimeMs - 3_700_000);
  utimesSync(path, longAgo, longAgo);
}

function fileIn(folder: string, name = 'file'): string {
  writeFileSync(join(folder, name), 'x');
  return join(folder, name);
}

function makeFolder(folder: string, name: string): string {
  mkdirSync(join(folder, name), { recursive: true });
  return join(folder, name);
}

/** Paths of all files below a folder; none where there is no folder. */
function filesIn(folder: string): string[] {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name));
}
