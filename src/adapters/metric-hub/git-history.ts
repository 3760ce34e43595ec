/** The history of one commit: the last commit that touched a file, and the newest one at a given time. */
import type { GitCommit, GitRepository, GitTree } from './git-repository.ts';

/** Caches shared by all histories of a repository, because objects never change. Only small trees are kept. */
export class TreeMemory {
  readonly #repository: GitRepository;
  readonly #children = new Map<string, Promise<string | undefined>>();
  readonly #trees = new Map<string, Promise<GitTree>>();

  constructor(repository: GitRepository) {
    this.#repository = repository;
  }

  /** The object at a path; undefined if there is none. `folder` is the part of the path that few commits change. */
  async objectAt(commit: GitCommit, folder: readonly string[], rest: readonly string[]): Promise<string | undefined> {
    let id = await this.#folderOf(commit, folder);
    for (const name of rest) {
      if (id === undefined) return undefined;
      const tree: GitTree = await remember(this.#trees, id, (key) => this.#repository.readTree(key));
      id = tree.get(name)?.id;
    }
    return id;
  }

  /** Trees above the folder are large and many, so only their results are cached. */
  async #folderOf({ tree }: GitCommit, folder: readonly string[]): Promise<string | undefined> {
    let id: string | undefined = tree;
    for (const name of folder) {
      if (id === undefined) return undefined;
      id = await this.#childOf(id, name);
    }
    return id;
  }

  #childOf(tree: string, name: string): Promise<string | undefined> {
    return remember(this.#children, `${tree} ${name}`, async () => {
      const entries = await this.#repository.readTree(tree);
      return entries.get(name)?.id;
    });
  }
}

/** Commits reachable from `head`, newest first. */
export class GitHistory {
  readonly commits: readonly GitCommit[];
  readonly #byId: ReadonlyMap<string, GitCommit>;
  readonly #memory: TreeMemory;
  readonly #found = new Map<string, Promise<string | null>>();

  constructor(commits: readonly GitCommit[], memory: TreeMemory) {
    this.commits = commits;
    this.#byId = new Map(commits.map((commit) => [commit.id, commit]));
    this.#memory = memory;
  }

  /** The latest commit not after that time and each newer one, oldest first; if all are newer, all of them. */
  since(timeMs: number): GitCommit[] {
    const index = this.commits.findIndex((commit) => commit.committedAt <= timeMs);
    return this.commits.slice(0, index === -1 ? this.commits.length : index + 1).reverse();
  }

  /** Like `git log -1` for a path: the last commit whose file differs from that of all its parents. */
  lastCommitOf(path: string): Promise<string | null> {
    return remember(this.#found, path, () => this.#search(path.split('/')));
  }

  async #search(names: readonly string[]): Promise<string | null> {
    const [folder, rest] = [names.slice(0, 2), names.slice(2)];
    let commit = this.commits[0];
    if (commit === undefined) return null;
    const object = await this.#memory.objectAt(commit, folder, rest);
    if (object === undefined) return null;
    for (;;) {
      const same = await this.#parentWith(object, commit, [folder, rest]);
      if (same === undefined) return commit.id;
      commit = same;
    }
  }

  /** The first parent with the same object: the change, if any, came from that side. */
  async #parentWith(
    object: string,
    commit: GitCommit,
    [folder, rest]: readonly [readonly string[], readonly string[]],
  ): Promise<GitCommit | undefined> {
    for (const id of commit.parents) {
      // A parent that a shallow clone lacks counts as none.
      const parent = this.#byId.get(id);
      if (parent !== undefined && (await this.#memory.objectAt(parent, folder, rest)) === object) return parent;
    }
    return undefined;
  }
}

/** Caches a value per key; failures are not cached. */
async function remember<Value>(
  kept: Map<string, Promise<Value>>,
  key: string,
  make: (key: string) => Promise<Value>,
): Promise<Value> {
  const known = kept.get(key);
  if (known !== undefined) return known;
  const made = make(key);
  kept.set(key, made);
  try {
    return await made;
  } catch (error) {
    kept.delete(key);
    throw error;
  }
}
