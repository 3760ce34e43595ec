/** Reads a git repository on disk without the git program. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { createInflate } from 'node:zlib';
import { Errors, log, readBlob, readTree, resolveRef } from 'isomorphic-git';
import { readWithin } from '../../domain/byte-limit.ts';
import { checkPack } from './check-pack.ts';
import { DEFAULT_LIMITS, type MetricHubLimits } from './limits.ts';

export interface GitCommit {
  readonly id: string;
  readonly parents: readonly string[];
  readonly tree: string;
  /** Committer's time, milliseconds since 1970. */
  readonly committedAt: number;
}

/** Object by name. */
export type GitTree = ReadonlyMap<string, GitEntry>;

export interface GitEntry {
  readonly id: string;
  readonly isTree: boolean;
}

/** Objects of a repository. Missing ones throw the library's error. */
export class GitRepository {
  readonly gitdir: string;
  // Pack indexes; without this cache the library reads them for each object.
  readonly #cache = {};
  readonly #limits: MetricHubLimits;
  readonly #checkedPacks = new Set<string>();

  constructor(gitdir: string, limits: MetricHubLimits = DEFAULT_LIMITS) {
    this.gitdir = gitdir;
    this.#limits = limits;
  }

  /** Throws TooLargeError if packs from elsewhere are too large, because the library reads them whole. */
  async checkPacks(signal: AbortSignal): Promise<void> {
    const folder = join(this.gitdir, 'objects', 'pack');
    const names = await fs.promises.readdir(folder).catch(() => []);
    for (const name of names) {
      if (!name.endsWith('.pack') || this.#checkedPacks.has(name)) continue;
      const chunks = fs.createReadStream(join(folder, name)) as AsyncIterable<Buffer>;
      await checkPack(await readWithin(this.#limits.pack, chunks, 'the repository'), this.#limits, signal);
      this.#checkedPacks.add(name);
    }
  }

  /** The commit of a ref; undefined if there is no such ref. */
  async resolve(ref: string): Promise<string | undefined> {
    try {
      return await resolveRef({ fs, gitdir: this.gitdir, ref });
    } catch (error) {
      if (error instanceof Errors.NotFoundError) return undefined;
      throw error;
    }
  }

  /** All commits reachable from one, newest first, children before their parents. */
  async commitsFrom(id: string): Promise<readonly GitCommit[]> {
    const entries = await log({ fs, gitdir: this.gitdir, cache: this.#cache, ref: id });
    return entries.map(({ oid, commit }) => ({
      id: oid,
      parents: commit.parent,
      tree: commit.tree,
      committedAt: commit.committer.timestamp * 1000,
    }));
  }

  async readTree(id: string): Promise<GitTree> {
    const { tree } = await readTree({ fs, gitdir: this.gitdir, cache: this.#cache, oid: id });
    return new Map(tree.map(({ path, oid, type }) => [path, { id: oid, isTree: type === 'tree' }]));
  }

  async readBlob(id: string): Promise<Uint8Array> {
    await this.#checkLooseObject(id);
    const { blob } = await readBlob({ fs, gitdir: this.gitdir, cache: this.#cache, oid: id });
    return blob;
  }

  /** Checks a loose object before the library inflates it. Packed objects were checked before. */
  async #checkLooseObject(id: string): Promise<void> {
    const path = join(this.gitdir, 'objects', id.slice(0, 2), id.slice(2));
    if (!fs.existsSync(path)) return;
    const { file } = this.#limits;
    await readWithin(file, fs.createReadStream(path).pipe(createInflate()) as AsyncIterable<Buffer>, 'a file in it');
  }
}
