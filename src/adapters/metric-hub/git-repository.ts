/** Reads a git repository on disk, without the git program. */
import * as fs from 'node:fs';
import { Errors, log, readBlob, readTree, resolveRef } from 'isomorphic-git';

export interface GitCommit {
  readonly id: string;
  readonly parents: readonly string[];
  readonly tree: string;
  /** Committer's time, milliseconds since 1970. */
  readonly committedAt: number;
}

/** Name of an entry → its object. */
export type GitTree = ReadonlyMap<string, GitEntry>;

export interface GitEntry {
  readonly id: string;
  readonly isTree: boolean;
}

/** Objects of a repository. Whatever is missing throws the library's error. */
export class GitRepository {
  readonly gitdir: string;
  // Pack indexes, which the library would read again for each object.
  readonly #cache = {};

  constructor(gitdir: string) {
    this.gitdir = gitdir;
  }

  /** The commit that a ref names, undefined where there is no such ref. */
  async resolve(ref: string): Promise<string | undefined> {
    try {
      return await resolveRef({ fs, gitdir: this.gitdir, ref });
    } catch (error) {
      if (error instanceof Errors.NotFoundError) return undefined;
      throw error;
    }
  }

  /** All commits that can be reached from one, newest first by time, parents never before their children. */
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
    const { blob } = await readBlob({ fs, gitdir: this.gitdir, cache: this.#cache, oid: id });
    return blob;
  }
}
