/**
 * Locks between processes that share a folder. A lock is a dangling symbolic link: making one is atomic and fails if it
 * exists, and its target names the owner, so every visible lock has one.
 *
 * A lock of a dead owner is taken over. To replace it, a process must hold a second lock named after the dead one (owner
 * texts are never reused) and look once more, so that only one process gets it. Lock libraries go by age instead: a
 * suspended process would lose its lock, and two processes would publish.
 */
import { lstat, readlink, rename, symlink, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { ContrailError } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import { isErrno } from './errno.ts';
import { fileSystemTimeNs, isGivenUp } from './file-age.ts';
import { hashOf } from './hash-of.ts';
import { fateOf, newOwnerText, parseOwner, type Owner } from './process-owner.ts';

export interface LockFolderOptions {
  /** Folder of the locks; must exist before one is taken. */
  readonly locks: string;
  /** Folder for temporary files; must exist as well. */
  readonly aside: string;
  /** How long to wait for a lock with a living owner, milliseconds. */
  readonly waitMs: number;
  readonly me: () => Promise<Owner>;
  readonly clock: Clock;
}

/** A lock that was taken, or its owner. */
type Attempt = { readonly isTaken: true; readonly text: string } | { readonly isTaken: false; readonly holder: string };

const FIRST_PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 50;

export class LockFolder {
  readonly #options: LockFolderOptions;
  /** Per object, the end of the last queued work in this process, so that its own callers need not poll. */
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(options: LockFolderOptions) {
    this.#options = options;
  }

  /**
   * Runs work while nothing else works on that object, in this process or another. Throws OBJECT_LOCKED if a living owner
   * keeps the lock for too long. An abort ends the wait.
   */
  async run<T>(object: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(object) ?? Promise.resolve();
    const mine = before.then(() => this.#runLocked(object, signal, work));
    const ended = mine.catch(() => undefined);
    this.#turns.set(object, ended);
    try {
      return await mine;
    } finally {
      if (this.#turns.get(object) === ended) this.#turns.delete(object);
    }
  }

  /** Removes a lock, by its file name, if its owner is gone. */
  async removeIfStale(fileName: string): Promise<void> {
    const path = join(this.#options.locks, fileName);
    const holder = await readLink(path);
    if (holder === undefined || !(await this.#isStale(path, holder))) return;
    const attempt = await this.#tryTake(path);
    if (attempt.isTaken) await release(path, attempt.text);
  }

  async #runLocked<T>(object: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const path = join(this.#options.locks, hashOf(object));
    const text = await this.#take(path, object, signal);
    try {
      return await work();
    } finally {
      await release(path, text);
    }
  }

  async #take(path: string, object: string, signal: AbortSignal): Promise<string> {
    let pauseMs = FIRST_PAUSE_MS;
    for (let waitedMs = 0; ; waitedMs += pauseMs) {
      signal.throwIfAborted();
      const attempt = await this.#tryTake(path);
      if (attempt.isTaken) return attempt.text;
      if (waitedMs >= this.#options.waitMs) throw lockedError(object, path, attempt.holder);
      pauseMs = Math.min(waitedMs === 0 ? FIRST_PAUSE_MS : pauseMs * 2, LONGEST_PAUSE_MS);
      // The top of the loop throws the abort's reason.
      await this.#options.clock.sleep(pauseMs, signal).catch(() => undefined);
    }
  }

  async #tryTake(path: string): Promise<Attempt> {
    const text = newOwnerText(await this.#options.me());
    for (;;) {
      if (await makeLink(text, path)) return { isTaken: true, text };
      const holder = await readLink(path);
      if (holder === undefined) continue;
      if (!(await this.#isStale(path, holder))) return { isTaken: false, holder };
      const taken = await this.#takeOver(path, holder, text);
      if (taken === 'done') return { isTaken: true, text };
      if (taken === 'contested') return { isTaken: false, holder };
    }
  }

  async #takeOver(path: string, holder: string, text: string): Promise<'done' | 'contested' | 'gone'> {
    const guardPath = join(this.#options.locks, hashOf(holder));
    const guard = await this.#tryTake(guardPath);
    if (!guard.isTaken) return 'contested';
    try {
      if ((await readLink(path)) !== holder) return 'gone';
      const asidePath = join(this.#options.aside, text);
      await symlink(text, asidePath);
      await rename(asidePath, path);
      return 'done';
    } finally {
      await release(guardPath, guard.text);
    }
  }

  async #isStale(path: string, holder: string): Promise<boolean> {
    const me = await this.#options.me();
    const owner = parseOwner(holder);
    const fate = owner === undefined ? 'unknown' : await fateOf(owner, me);
    if (fate !== 'unknown') return fate === 'dead';
    const stats = await lstat(path, { bigint: true }).catch(() => undefined);
    if (stats === undefined) return false;
    return isGivenUp(stats, await fileSystemTimeNs(join(this.#options.aside, newOwnerText(me))));
  }
}

async function makeLink(text: string, path: string): Promise<boolean> {
  try {
    await symlink(text, path);
    return true;
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return false;
    throw error;
  }
}

/** The target of a link; empty for anything that is not a link; undefined if nothing is there. */
async function readLink(path: string): Promise<string | undefined> {
  try {
    return await readlink(path);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    if (isErrno(error, 'EINVAL')) return '';
    throw error;
  }
}

/** The work is done, so errors must not hide it. A later process removes what stays behind. */
async function release(path: string, text: string): Promise<void> {
  try {
    if ((await readlink(path)) === text) await unlink(path);
  } catch {
    // Already gone, or not removable.
  }
}

function lockedError(object: string, path: string, holder: string): ContrailError {
  const owner = parseOwner(holder);
  const who = owner === undefined ? 'another process' : `process ${owner.pid} on ${owner.host}`;
  return new ContrailError('OBJECT_LOCKED', `${who} has been publishing the object ${object} for too long.`, {
    subject: object,
    hint: `Contrail will retry. If that process hangs, end it; its lock is ${path}.`,
  });
}
