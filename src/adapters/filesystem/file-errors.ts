/** What the operating system says, as errors that say what to do. */
import { ContrailError, errorText } from '../../domain/errors.ts';
import { errnoOf } from '../disk/errno.ts';

const FULL: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the limit of file sizes (ulimit -f) is reached',
};

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'the operation is not permitted',
  EROFS: 'the file system is read-only',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EEXIST: 'a part of the path is a file, not a folder',
  EISDIR: 'there is a folder of that name',
  ENOENT: 'a folder of the path cannot be made or has been removed',
  EXDEV: 'a part of the path is another file system',
  ENAMETOOLONG: 'the path is too long',
  EMFILE: 'this process has too many files open',
};

/** Runs work that writes; trouble with the disk becomes TARGET_FULL or TARGET_UNWRITABLE, all else passes. */
export async function translateWriting<T>(root: string, subject: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw writeError(error, root, subject);
  }
}

/** Runs work that reads; trouble with the disk becomes TARGET_UNREADABLE, all else passes. */
export async function translateReading<T>(root: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw readError(error, root);
  }
}

/** TARGET_UNWRITABLE with that reason. */
export function unwritable(path: string, reason: string, cause?: unknown): ContrailError {
  return new ContrailError('TARGET_UNWRITABLE', `${path} cannot be written: ${reason}.`, {
    subject: path,
    hint: 'CONTRAIL_BUCKET must name a folder that this user can write, as in file:./out.',
    cause,
  });
}

/** TARGET_UNREADABLE with that reason. */
export function unreadable(path: string, reason: string, cause?: unknown): ContrailError {
  return new ContrailError('TARGET_UNREADABLE', `${path} cannot be read: ${reason}.`, {
    subject: path,
    hint: 'CONTRAIL_BUCKET must name a folder that this user can read, as in file:./out.',
    cause,
  });
}

/** An error of writing, translated if the operating system made it. */
export function writeError(error: unknown, root: string, subject: string): unknown {
  const code = errnoOf(error);
  if (code === undefined) return error;
  const full = FULL[code];
  if (full === undefined) return unwritable(pathOf(error, root), reasonOf(code, error), error);
  return new ContrailError('TARGET_FULL', `There is no room for ${subject} in ${root}: ${full}.`, {
    subject,
    hint: 'Make room, or point CONTRAIL_BUCKET to a folder that has some. What was published before is unharmed.',
    cause: error,
  });
}

/** An error of reading, translated if the operating system made it. */
export function readError(error: unknown, root: string): unknown {
  const code = errnoOf(error);
  return code === undefined ? error : unreadable(pathOf(error, root), reasonOf(code, error), error);
}

function reasonOf(code: string, error: unknown): string {
  return `${REASONS[code] ?? errorText(error)} (${code})`;
}

function pathOf(error: unknown, root: string): string {
  return error instanceof Error && 'path' in error && typeof error.path === 'string' ? error.path : root;
}
