/** metric-hub kept in memory: commits of whole trees, made by tests. */
import { createHash } from 'node:crypto';
import type { ContrailError } from '../../domain/errors.ts';
import { hubRoleOf } from '../../domain/metric-hub-path.ts';
import type { HubFile, HubRevision, HubState, MetricHub } from '../../ports/metric-hub.ts';

/** Text by path. */
export type HubTree = Readonly<Record<string, string>>;

export interface MemoryMetricHubOptions {
  readonly isPrivate?: boolean;
}

interface MemoryCommit {
  readonly revision: HubRevision;
  readonly tree: HubTree;
}

export class MemoryMetricHub implements MetricHub {
  readonly url = 'memory:metric-hub';
  readonly isPrivate: boolean;
  /** Oldest first. */
  readonly #commits: MemoryCommit[] = [];
  #trouble: ContrailError | undefined;

  constructor({ isPrivate = false }: MemoryMetricHubOptions = {}) {
    this.isPrivate = isPrivate;
  }

  /** Adds a commit that holds exactly this tree; its hash. */
  commit(tree: HubTree, committedAt: number): string {
    const id = createHash('sha1')
      .update(JSON.stringify([this.#commits.length, committedAt, tree]))
      .digest('hex');
    const revision: HubRevision = {
      id,
      committedAt,
      files: async (signal) => {
        signal.throwIfAborted();
        return filesOf(tree);
      },
      lastCommitOf: async (path, signal) => {
        signal.throwIfAborted();
        return this.#lastCommitOf(path);
      },
    };
    this.#commits.push({ revision, tree });
    return id;
  }

  /** From now on the repository cannot be reached, until it is told otherwise. */
  fail(error: ContrailError | undefined): void {
    this.#trouble = error;
  }

  async current(signal: AbortSignal): Promise<HubState> {
    signal.throwIfAborted();
    const revisions = this.#commits.map(({ revision }) => revision);
    const newest = revisions.at(-1);
    if (newest === undefined) throw this.#trouble ?? new Error('The metric-hub in memory has no commit.');
    return {
      newest,
      warning: this.#trouble === undefined ? undefined : `${this.#trouble.message} Its last good revision was used.`,
      since: async (timeMs) => {
        const index = revisions.findLastIndex(({ committedAt = 0 }) => committedAt <= timeMs);
        return revisions.slice(Math.max(index, 0));
      },
    };
  }

  #lastCommitOf(path: string): string | null {
    const contents = this.#commits.map(({ tree }) => tree[path]);
    const newest = contents.at(-1);
    if (newest === undefined) return null;
    const last = contents.findLastIndex((content, index) => content !== contents[index - 1]);
    return this.#commits[last]?.revision.id ?? null;
  }
}

function filesOf(tree: HubTree): HubFile[] {
  return Object.entries(tree)
    .filter(([path]) => hubRoleOf(path) !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, text]) => ({
      path,
      contentId: createHash('sha1').update(text).digest('hex'),
      read: () => Promise.resolve(Buffer.from(text)),
    }));
}
