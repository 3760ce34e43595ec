/** The files of a record spool: whose each is, and which of them are free to be read by this process. */
import { lstat, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileSystemTimeNs, isGivenUp } from '../disk/file-age.ts';
import { describeThisProcess, fateOf, newOwnerText, type Owner, parseOwner } from '../disk/process-owner.ts';
import { RecordFile } from './record-file.ts';

/** Batches that wait to be staged, and copies of batches that were. */
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

  /** Paths of the files that belong to this process or to one that is gone, the oldest first. */
  async free(kind: SpoolKind): Promise<string[]> {
    const names = await this.#names();
    const files = await Promise.all(names.filter((name) => isOfKind(name, kind)).map((name) => this.#seen(name)));
    return files
      .flatMap((file) => file ?? [])
      .toSorted((a, b) => Number(a.changedNs - b.changedNs))
      .map(({ path }) => path);
  }

  /** The file under a name of this process's, or undefined where somebody else has taken it: of two, one succeeds. */
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

  /** The text of a file; empty where it is gone. */
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

  /** A process begins a new file every few seconds: one that rests for long has no writer any more. */
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

/** Of a file that was taken, the one who took it. */
function ownerTextOf(name: string): string {
  if (name.endsWith(SUFFIXES.copies)) return name.slice(0, -SUFFIXES.copies.length);
  const [maker = '', taker] = name.split(`${SUFFIXES.waiting}.`);
  return taker === undefined ? maker.slice(0, -SUFFIXES.waiting.length) : taker.slice(0, -TAKEN.length);
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
