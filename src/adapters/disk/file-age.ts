/** How old a file is by the clock of its file system, which all hosts share and no test or replay sets. */
import type { BigIntStats } from 'node:fs';
import { lstat, rm, symlink } from 'node:fs/promises';

/** What nobody has touched for so long is given up when it cannot be known whether its owner lives. */
const GIVEN_UP_AFTER_NS = 3_600_000_000_000n;

/** What the file system's clock says, by a link made and removed at `probePath`. */
export async function fileSystemTimeNs(probePath: string): Promise<bigint> {
  await symlink('probe', probePath);
  try {
    return (await lstat(probePath, { bigint: true })).mtimeNs;
  } finally {
    await rm(probePath, { force: true });
  }
}

/** Whether a file was last touched so long ago that it counts as left behind. */
export function isGivenUp(stats: BigIntStats, nowNs: bigint): boolean {
  return nowNs - stats.mtimeNs > GIVEN_UP_AFTER_NS;
}
