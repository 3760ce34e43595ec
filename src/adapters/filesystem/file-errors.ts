/** Translates operating system errors into ContrailErrors with a remedy. */
import { ContrailError, errorText } from '../../domain/errors.ts';
import { errnoOf } from '../disk/errno.ts';

const FULL: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is full',
  EFBIG: 'the limit of file sizes (ulimit -f) is reached',
};

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'the operation is not permitted',
  EROFS: 'the file system is read-only',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EEXIST: 'a part of the path is a file, not a folder',
  EISDIR: 'a folder has that name',
  ENOENT: 'a folder of the path cannot be made or has been removed',
  EXDEV: 'a part of the path is another file system',
  ENAMETOOLONG: 'the path is too long',
  EMFILE: 'this process has too many files open',
};

/** Runs work that writes. Disk errors become TARGET_FULL or TARGET_UNWRITABLE; others pass. */
export async function translateWriting<T>(root: string, subject: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw writeError(error, root, subject);
  }
}

/** Runs work that reads. Disk errors become TARGET_UNREADABLE; others pass. */
export async function translateReading<T>(root: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw readError(error, root);
  }
}

export function unwritable(path: string, reason: string, cause?: unknown): ContrailError {
  return new ContrailError('TARGET_UNWRITABLE', `${path} cannot be written: ${reason}.`, {
    subject: path,
    hint: 'CONTRAIL_BUCKET must name a folder that this user can write, as in file:./out.',
    cause,
  });
}

export function unreadable(path: string, reason: string, cause?: unknown): ContrailError {
  return new ContrailError('TARGET_UNREADABLE', `${path} cannot be read: ${reason}.`, {
    subject: path,
    hint: 'CONTRAIL_BUCKET must name a folder that this user can read, as in file:./out.',
    cause,
  });
}

/** Translates an error of writing, if it has an operating system code. */
export function writeError(error: unknown, root: string, subject: string): unknown {
  const code = errnoOf(error);
  if (code === undefined) return error;
  const full = FULL[code];
  if (full === undefined) return unwritable(pathOf(error, root), reasonOf(code, error), error);
  return new ContrailError('TARGET_FULL', `${root} has no room for ${subject}: ${full}.`, {
    subject,
    hint: 'Make room, or set CONTRAIL_BUCKET to a folder with enough room. Published files are unharmed.',
    cause: error,
  });
}

/** Translates an error of reading, if it has an operating system code. */
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
