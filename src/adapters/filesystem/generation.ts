/**
 * Generations of files, derived from inode, size and modification time, so that files of other programs have one too. All
 * three can repeat when files follow each other quickly, so a publication makes its file's time later than that of the
 * file it replaces.
 */
import type { BigIntStats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import type { Generation } from '../../ports/object-store.ts';

const FIRST_STEP_MS = 2;
const LONGEST_STEP_MS = 60_000;

/** The generation of a file with this state. */
export function generationOf(stats: BigIntStats): Generation {
  return `${stats.ino}-${stats.mtimeNs}-${stats.size}`;
}

/** The modification time in a generation, nanoseconds since 1970. */
export function changeTimeNs(generation: Generation): bigint {
  const part = /^\d+-(\d+)-\d+$/.exec(generation)?.[1];
  return part === undefined ? 0n : BigInt(part);
}

/**
 * Makes a file's modification time later than `floorNs`. Kernels keep times in ticks (4 ms), some file systems in whole or
 * even seconds, and numbers round: so the steps grow until the file system shows a later time.
 */
export async function raiseChangeTime(file: FileHandle, floorNs: bigint): Promise<BigIntStats> {
  let stats = await file.stat({ bigint: true });
  for (let stepMs = FIRST_STEP_MS; stats.mtimeNs <= floorNs; stepMs *= 2) {
    if (stepMs > LONGEST_STEP_MS) throw new Error('the file system keeps no modification times');
    const seconds = (Number(floorNs / 1_000_000n) + stepMs) / 1000;
    await file.utimes(seconds, seconds);
    stats = await file.stat({ bigint: true });
  }
  return stats;
}
