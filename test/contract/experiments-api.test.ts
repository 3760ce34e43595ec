import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FileExperimentsApi } from '../../src/adapters/experimenter/file-experiments-api.ts';
import { MemoryExperimentsApi } from '../../src/adapters/memory/experiments-api.ts';
import { temporaryFolder } from '../support/duckdb.ts';
import { describeExperimentsApi } from './experiments-api.ts';

const never = new AbortController().signal;

describeExperimentsApi('file', (records) => Promise.resolve(new FileExperimentsApi({ path: listFile(records) })));

describeExperimentsApi('folder', (records) => Promise.resolve(new FileExperimentsApi({ path: folderOf(records) })));

describeExperimentsApi('memory', (records) => Promise.resolve(new MemoryExperimentsApi(records)));

describe('experiments in files', () => {
  it.each([
    ['a missing file', () => join(temporaryFolder(), 'none.json'), 'does not exist'],
    ['a path under a file', () => join(textFile('[]'), 'x'), 'ENOTDIR'],
    ['a file that is not JSON', () => textFile('[{"slug": "a"}'), 'not JSON'],
    ['an empty file', () => textFile(''), 'not JSON'],
    ['a file with something else than a list', () => textFile('{"slug": "a"}'), 'JSON list'],
  ])('cannot be read from %s', async (_, makePath, reason) => {
    const path = makePath();
    const api = new FileExperimentsApi({ path });

    const error: unknown = await api.list(never).catch((error: unknown) => error);

    expect(error).toMatchObject({
      code: 'EXPERIMENTS_UNREADABLE',
      message: expect.stringContaining(path),
      sentence: expect.stringContaining('CONTRAIL_EXPERIMENTER'),
    });
    expect(String(error)).toContain(reason);
  });

  it('are read anew at each call', async () => {
    const path = textFile('[{"slug": "a"}]');
    const api = new FileExperimentsApi({ path });
    const before = await api.list(never);

    writeFileSync(path, '\ufeff[{"slug": "b"}]');
    const after = await api.list(never);

    expect([before, after].map((list) => list.experiments[0]?.slug)).toEqual(['a', 'b']);
  });

  it('of a folder are the *.json files: one that is not JSON is reported, other files are ignored', async () => {
    const path = folderOf([{ slug: 'a' }]);
    writeFileSync(join(path, 'broken.json'), '{"slug":');
    writeFileSync(join(path, 'README.md'), '# no experiment');
    mkdirSync(join(path, 'folder.json'));

    const list = await new FileExperimentsApi({ path }).list(never);

    expect(list.experiments.map((experiment) => experiment.slug)).toEqual(['a']);
    expect(list.malformed.map((entry) => entry.error.subject)).toEqual([
      join(path, 'broken.json'),
      join(path, 'folder.json'),
    ]);
  });
});

function listFile(records: readonly unknown[]): string {
  return textFile(JSON.stringify(records));
}

function textFile(text: string): string {
  const path = join(temporaryFolder(), 'experiments.json');
  writeFileSync(path, text);
  return path;
}

function folderOf(records: readonly unknown[]): string {
  const folder = temporaryFolder();
  for (const [index, record] of records.entries()) {
    writeFileSync(join(folder, `${String(index).padStart(3, '0')}.json`), JSON.stringify(record));
  }
  return folder;
}

describe('the limits of a file: source', () => {
  const limitsOf = (bytes: number, count: number) => ({
    bytes: { bytes, setting: 'CONTRAIL_EXPERIMENTER_MAXIMUM_BYTES' },
    records: { count, setting: 'CONTRAIL_EXPERIMENTER_MAXIMUM_RECORDS' },
  });
  const records = [{ slug: 'a' }, { slug: 'b' }, { slug: 'c' }];

  it.each([
    ['file', listFile],
    ['folder', folderOf],
  ])('hold for a %s', async (_, make) => {
    const path = make(records);
    const reading = (bytes: number, count: number) => new FileExperimentsApi({ path, limits: limitsOf(bytes, count) });

    for (const read of ['list', 'fetch'] as const) {
      await expect(reading(20, 9)[read](never)).rejects.toThrow(
        'larger than 20 bytes, the limit of CONTRAIL_EXPERIMENTER',
      );
      await expect(reading(1_000, 2)[read](never)).rejects.toThrow(
        'more than 2 records, the limit of CONTRAIL_EXPERIM',
      );
      await expect(reading(1_000, 9)[read](never)).resolves.toBeDefined();
    }
  });

  it('hold for what has no size of its own', async () => {
    const api = new FileExperimentsApi({ path: '/dev/zero', limits: limitsOf(1_000, 9) });

    await expect(api.list(never)).rejects.toThrow('larger than 1000 bytes');
  });
});
