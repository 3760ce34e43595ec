/** The folder in which records wait while Redis is away. */
import { mkdir, open, rm, statfs } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ContrailError, errorText } from '../../domain/errors.ts';
import type { Random } from '../../ports/random.ts';
import { type CheckGroup, ok, warning } from './check.ts';

const NAME = 'Spool folder';
/** As much as the copies of one process may take. */
const LITTLE_ROOM_BYTES = 64 * 1024 * 1024;

export function spoolChecks(folder: string, random: Pick<Random, 'uuid'>): CheckGroup {
  const path = resolve(folder);
  return {
    name: NAME,
    run: async () => {
      await probe(path, `.doctor-${random.uuid()}`);
      const { bavail, bsize } = await statfs(path);
      const free = bavail * bsize;
      const room = `${Math.floor(free / 1e6).toLocaleString('en-US')} MB are free`;
      if (free >= LITTLE_ROOM_BYTES) return [ok(NAME, `${path} can be written; ${room}.`)];
      const remedy = 'Make room on that disk, or set CONTRAIL_RECORDS_SPOOL to a folder on another one.';
      return [warning(NAME, `${path} has little room: ${room}.`, remedy)];
    },
  };
}

/** Writes a block to the disk, because an empty file fits on a full one. */
async function probe(path: string, name: string): Promise<void> {
  const file = join(path, name);
  try {
    await mkdir(path, { recursive: true });
    const handle = await open(file, 'wx');
    try {
      await handle.write(Buffer.alloc(4_096, 0x20));
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    const isFull = error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
    throw new ContrailError(
      isFull ? 'TARGET_FULL' : 'TARGET_UNWRITABLE',
      `${path} cannot be written: ${errorText(error)}.`,
      { subject: path, hint: hintOf(isFull), cause: error },
    );
  } finally {
    await rm(file, { force: true }).catch(() => undefined);
  }
}

function hintOf(isFull: boolean): string {
  const other = 'or set CONTRAIL_RECORDS_SPOOL to another folder; records are lost while Redis is away.';
  return isFull ? `Make room on that disk, ${other}` : `Give this user the right to write there, ${other}`;
}
