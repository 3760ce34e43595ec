/** The files of a record spool, their owners, and which of them this process may read. */
import { lstat, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileSystemTimeNs, isGivenUp } from '../disk/file-age.ts';
import { describeThisProcess, fateOf, newOwnerText, type Owner, parseOwner } from '../disk/process-owner.ts';
import { RecordFile } from './record-file.ts';

/** `waiting`: batches to be staged. `copies`: batches that were staged. */
export type SpoolKind = 'waiting' | 'copies';

const SUFFIXES: Readonly<Record<SpoolKind, string>> = { waiting: '.ndjson', copies: '.copies' };
const TAKEN = '.taken';

export class SpoolFolder {
  readonly #folder: string;
  #me: Promise<Owner> | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async create(kind: SpoolKind): Promise<RecordFile> {
    await mkdir(this.#folder, { recursive: true });
    return RecordFile.create(join(this.#folder, `${newOwnerText(await this.#owner())}${SUFFIXES[kind]}`));
  }

  /** Paths of files that belong to this process or a dead one, oldest first. */
  async free(kind: SpoolKind): Promise<string[]> {
    const names = await this.#names();
    const files = await Promise.all(names.filter((name) => isOfKind(name, kind)).map((name) => this.#seen(name)));
    return files
      .flatMap((file) => file ?? [])
      .toSorted((a, b) => Number(a.changedNs - b.changedNs))
      .map(({ path }) => path);
  }

  /** Renames a file to belong to this process; undefined if another process was faster. */
  async claim(path: string): Promise<string | undefined> {
    const [original = path] = path.split(`${SUFFIXES.waiting}.`);
    const maker = original.endsWith(SUFFIXES.waiting) ? original : `${original}${SUFFIXES.waiting}`;
    const mine = `${maker}.${newOwnerText(await this.#owner())}${TAKEN}`;
    try {
      await rename(path, mine);
      return mine;
    } catch {
      return undefined;
    }
  }

  /** The text of a file; empty if it is gone. */
  async read(path: string): Promise<string> {
    return readFile(path, 'utf8').catch((error: unknown) => {
      if (isMissing(error)) return '';
      throw error;
    });
  }

  async remove(path: string): Promise<void> {
    await rm(path, { force: true });
  }

  async #names(): Promise<string[]> {
    try {
      return await readdir(this.#folder);
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }

  async #seen(name: string): Promise<{ readonly path: string; readonly changedNs: bigint } | undefined> {
    const path = join(this.#folder, name);
    const stats = await lstat(path, { bigint: true }).catch(() => undefined);
    if (stats === undefined || !(await this.#isFree(name))) return undefined;
    return { path, changedNs: stats.mtimeNs };
  }

  async #isFree(name: string): Promise<boolean> {
    const owner = parseOwner(ownerTextOf(name));
    const me = await this.#owner();
    if (owner === undefined) return true;
    if (owner.host === me.host && owner.pid === me.pid && owner.startedAt === me.startedAt) return true;
    const fate = await fateOf(owner, me);
    return fate === 'dead' || (fate === 'unknown' && (await this.#isGivenUp(name)));
  }

  /** A living process starts a new file every few seconds, so an old file has no writer. */
  async #isGivenUp(name: string): Promise<boolean> {
    const stats = await lstat(join(this.#folder, name), { bigint: true }).catch(() => undefined);
    const probe = join(this.#folder, `.${newOwnerText(await this.#owner())}.probe`);
    return stats !== undefined && isGivenUp(stats, await fileSystemTimeNs(probe));
  }

  #owner(): Promise<Owner> {
    this.#me ??= describeThisProcess();
    return this.#me;
  }
}

function isOfKind(name: string, kind: SpoolKind): boolean {
  return name.endsWith(SUFFIXES[kind]) || (kind === 'waiting' && name.endsWith(TAKEN));
}

/** The owner of a file; if it was taken over, its new owner. */
function ownerTextOf(name: string): string {
  if (name.endsWith(SUFFIXES.copies)) return name.slice(0, -SUFFIXES.copies.length);
  const [maker = '', taker] = name.split(`${SUFFIXES.waiting}.`);
  return taker === undefined ? maker.slice(0, -SUFFIXES.waiting.length) : taker.slice(0, -TAKEN.length);
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
