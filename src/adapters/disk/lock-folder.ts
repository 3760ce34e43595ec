/**
 * Locks between processes that share a folder. A lock is a symbolic link that points to nothing: making one is a single
 * step that fails where it exists already, and its target says who has it, so no lock is ever seen without its owner.
 *
 * A lock whose owner died is taken over: only who holds the lock named after that very lock (its owner's text is never
 * used again) may replace it, after looking once more. So of many who find a dead lock, one gets it. Lock libraries judge
 * by age instead: a process that was only suspended would lose its lock to another, and both would publish.
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
  /** Where the locks are; must exist before one is taken. */
  readonly locks: string;
  /** Where things are made before they are put in place; must exist as well. */
  readonly aside: string;
  /** How long to wait for a lock whose owner lives, in milliseconds. */
  readonly waitMs: number;
  readonly me: () => Promise<Owner>;
  readonly clock: Clock;
}

/** A taken lock, or who has it. */
type Attempt = { readonly isTaken: true; readonly text: string } | { readonly isTaken: false; readonly holder: string };

const FIRST_PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 50;

export class LockFolder {
  readonly #options: LockFolderOptions;
  /** Per object, the end of the last work asked for in this process: its own callers need not poll. */
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(options: LockFolderOptions) {
    this.#options = options;
  }

  /**
   * Runs work while no other process and nothing else in this one works on that object. Throws OBJECT_LOCKED when
   * somebody alive keeps the lock for too long; an abort ends the waiting.
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
      // An abort is reported at the top of the loop, with the reason its sender gave.
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

/** The target of a link; the empty text for anything that is no link; undefined where there is nothing. */
async function readLink(path: string): Promise<string | undefined> {
  try {
    return await readlink(path);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    if (isErrno(error, 'EINVAL')) return '';
    throw error;
  }
}

/** What was done under the lock stands, so trouble here must not hide it: a later process removes what stays behind. */
async function release(path: string, text: string): Promise<void> {
  try {
    if ((await readlink(path)) === text) await unlink(path);
  } catch {
    // Gone already, or not removable.
  }
}

function lockedError(object: string, path: string, holder: string): ContrailError {
  const owner = parseOwner(holder);
  const who = owner === undefined ? 'somebody' : `process ${owner.pid} on ${owner.host}`;
  return new ContrailError('OBJECT_LOCKED', `The object ${object} is being published by ${who}, which does not end.`, {
    subject: object,
    hint: `It is tried again later. If that process hangs, end it; its lock is ${path}.`,
  });
}
