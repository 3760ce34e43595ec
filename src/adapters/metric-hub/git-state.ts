/** States of a git repository for the port: revisions are commits; their files are read on demand. */
import { HUB_FOLDERS, hubRoleOf } from '../../domain/metric-hub-path.ts';
import type { HubFile, HubRevision, HubState } from '../../ports/metric-hub.ts';
import { GitHistory, TreeMemory } from './git-history.ts';
import type { GitCommit, GitRepository } from './git-repository.ts';
import { toUnreadable } from './shared-state.ts';

/** Makes states and caches what does not change. */
export class GitStates {
  readonly #repository: GitRepository;
  readonly #url: string;
  readonly #memory: TreeMemory;
  #last: { readonly head: string; readonly state: HubState } | undefined;

  constructor(repository: GitRepository, url: string) {
    this.#repository = repository;
    this.#url = url;
    this.#memory = new TreeMemory(repository);
  }

  /** The state whose newest revision is that commit. */
  async at(head: string): Promise<HubState> {
    if (this.#last?.head === head) return this.#last.state;
    const history = new GitHistory(await this.#repository.commitsFrom(head), this.#memory);
    const [newest] = history.commits;
    if (newest === undefined) throw new Error(`the commit ${head} is not there`);
    const state: HubState = {
      newest: this.#revisionOf(newest, history),
      warning: undefined,
      since: (timeMs) => Promise.resolve(history.since(timeMs).map((commit) => this.#revisionOf(commit, history))),
    };
    this.#last = { head, state };
    return state;
  }

  #revisionOf(commit: GitCommit, history: GitHistory): HubRevision {
    return {
      id: commit.id,
      committedAt: commit.committedAt,
      files: (signal) => this.#reading(signal, () => this.#filesOf(commit)),
      // From the newest revision's history, for all revisions.
      lastCommitOf: (path, signal) => this.#reading(signal, () => history.lastCommitOf(path)),
    };
  }

  async #filesOf({ tree }: GitCommit): Promise<HubFile[]> {
    const root = await this.#repository.readTree(tree);
    const files: HubFile[] = [];
    const folders = HUB_FOLDERS.map((path) => ({ path: path as string, entry: root.get(path) }));
    for (const { path: folder, entry } of folders) {
      if (entry?.isTree !== true) continue;
      for (const [name, child] of await this.#repository.readTree(entry.id)) {
        const path = `${folder}/${name}`;
        if (child.isTree) folders.push({ path, entry: child });
        else if (hubRoleOf(path) !== undefined) files.push(this.#fileOf(path, child.id));
      }
    }
    if (!HUB_FOLDERS.some((name) => root.get(name)?.isTree === true)) {
      throw new Error(`it has no folder ${HUB_FOLDERS.join(' or ')}`);
    }
    return files.sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  #fileOf(path: string, id: string): HubFile {
    return {
      path,
      contentId: id,
      read: (signal) => this.#reading(signal, () => this.#repository.readBlob(id)),
    };
  }

  async #reading<Value>(signal: AbortSignal, read: () => Promise<Value>): Promise<Value> {
    signal.throwIfAborted();
    try {
      return await read();
    } catch (error) {
      throw toUnreadable(this.#url, error);
    }
  }
}
