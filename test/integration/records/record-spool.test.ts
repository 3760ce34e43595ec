import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FileRecordSpool } from '../../../src/adapters/filesystem/record-spool.ts';
import type { RecordBatch } from '../../../src/ports/record-sink.ts';
import { temporaryFolder } from '../../support/duckdb.ts';
import { recordedLog } from '../../support/recorded-log.ts';

const batch = (id: string): RecordBatch => ({ id, table: 'logs', rows: [{ message: `of ${id}` }] });

function setup() {
  const folder = temporaryFolder();
  const log = recordedLog();
  const spool = new FileRecordSpool({ folder, log });
  const taken: string[] = [];
  return {
    log,
    folder,
    spool,
    taken,
    replay: () =>
      spool.replay(async ({ id }) => {
        taken.push(id);
      }),
  };
}

/** The name of a file that another process, on this machine or another, has left. */
function nameOf({ host, pid }: { readonly host?: string; readonly pid?: number }, own: string): string {
  const [myHost = '', machine, boot, namespace, myPid] = own.split('~');
  return `${[host ?? myHost, machine, boot, namespace, pid ?? myPid, '1', '0123456789abcdef'].join('~')}.ndjson`;
}

describe('a spool of records', () => {
  it('passes over the last line of a process that was killed while it wrote', async () => {
    const { spool, taken, replay, folder, log } = setup();
    await spool.keep(batch('a'));
    const [name = ''] = readdirSync(folder);
    writeFileSync(join(folder, name), `${readFileSync(join(folder, name), 'utf8')}{"id":"b","ta`);

    await replay();

    expect(taken).toEqual(['a']);
    expect(log.lines).toEqual([
      {
        level: 'warn',
        text: 'a line of the record spool cannot be read; its records are lost',
        fields: expect.objectContaining({ line: 2, start: '{"id":"b","ta' }),
      },
    ]);
  });

  it('replays what a process that is gone has left', async () => {
    const { spool, taken, replay, folder } = setup();
    await spool.keep(batch('own'));
    const [own = ''] = readdirSync(folder);
    const pid = Number(execFileSync('sh', ['-c', 'echo $$'], { encoding: 'utf8' }));
    writeFileSync(join(folder, nameOf({ pid }, own)), `${JSON.stringify(batch('of the dead'))}\n`);

    await replay();

    expect(taken.toSorted()).toEqual(['of the dead', 'own']);
  });

  it('leaves what another machine may still write to, and takes it after an hour of rest', async () => {
    const { spool, taken, replay, folder } = setup();
    await spool.keep(batch('own'));
    const [own = ''] = readdirSync(folder);
    const theirs = join(folder, nameOf({ host: 'another-host' }, own));
    writeFileSync(theirs, `${JSON.stringify(batch('of another host'))}\n`);
    await replay();
    const soon = [...taken];

    const longAgo = new Date(Date.now() - 2 * 3_600_000);
    utimesSync(theirs, longAgo, longAgo);
    await replay();

    expect(soon).toEqual(['own']);
    expect(taken).toEqual(['own', 'of another host']);
  });

  it('removes the files of settled copies, which are no records that wait', async () => {
    const { spool, replay, folder } = setup();
    await spool.keepCopy({ ...batch('a'), window: '1-a' });
    await spool.review(() => Promise.resolve(false));
    await spool.keepCopy({ ...batch('b'), window: '2-b' });
    const files = readdirSync(folder).length;

    await spool.review(() => Promise.resolve(true));
    const replayed = await replay();

    expect([files, replayed]).toEqual([2, 0]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('keeps no more copies than it may', async () => {
    const folder = temporaryFolder();
    const spool = new FileRecordSpool({ folder, log: recordedLog(), mostCopyBytes: 100 });
    for (const id of ['a', 'b', 'c', 'd']) await spool.keepCopy({ ...batch(id), window: '1-a' });
    const kept: string[] = [];

    await spool.review((copies) => {
      kept.push(...copies.map(({ id }) => id));
      return Promise.resolve(true);
    });

    expect(kept).toEqual(['a', 'b']);
  });
});
