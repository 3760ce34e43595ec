/**
 * Generations of files, derived from what the file system tells, so that files made by other programs have one too.
 * Inode, size and time of last change can all come back when files follow each other quickly; a publication therefore
 * makes its file's time later than that of the file it replaces.
 */
import type { BigIntStats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import type { Generation } from '../../ports/object-store.ts';

const FIRST_STEP_MS = 2;
const LONGEST_STEP_MS = 60_000;

/** The generation of a file in that state. */
export function generationOf(stats: BigIntStats): Generation {
  return `${stats.ino}-${stats.mtimeNs}-${stats.size}`;
}

/** The time of last change in a generation of ours, in nanoseconds since 1970. */
export function changeTimeNs(generation: Generation): bigint {
  const part = /^\d+-(\d+)-\d+$/.exec(generation)?.[1];
  return part === undefined ? 0n : BigInt(part);
}

/**
 * Makes the file's time of last change later than `floorNs` if it is not. Times are kept by the tick of the kernel
 * (4 ms), some file systems keep only whole or even seconds, and numbers for times have a rounding of their own:
 * so steps grow until the file system shows a later time.
 */
export async function raiseChangeTime(file: FileHandle, floorNs: bigint): Promise<BigIntStats> {
  let stats = await file.stat({ bigint: true });
  for (let stepMs = FIRST_STEP_MS; stats.mtimeNs <= floorNs; stepMs *= 2) {
    if (stepMs > LONGEST_STEP_MS) throw new Error('the file system does not keep times of change');
    const seconds = (Number(floorNs / 1_000_000n) + stepMs) / 1000;
    await file.utimes(seconds, seconds);
    stats = await file.stat({ bigint: true });
  }
  return stats;
}
