/** The age of a file by the file system's clock, which all hosts share and which tests cannot set. */
import type { BigIntStats } from 'node:fs';
import { lstat, rm, symlink } from 'node:fs/promises';

/** A file this old counts as abandoned if it is unknown whether its owner lives. */
const GIVEN_UP_AFTER_NS = 3_600_000_000_000n;

/** The file system's time, from a link that is made and removed at `probePath`. */
export async function fileSystemTimeNs(probePath: string): Promise<bigint> {
  await symlink('probe', probePath);
  try {
    return (await lstat(probePath, { bigint: true })).mtimeNs;
  } finally {
    await rm(probePath, { force: true });
  }
}

/** Whether a file is old enough to count as abandoned. */
export function isGivenUp(stats: BigIntStats, nowNs: bigint): boolean {
  return nowNs - stats.mtimeNs > GIVEN_UP_AFTER_NS;
}
