/** A copy of metric-hub without history: a folder whose `outcome_commits.json` has the commits of outcomes. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { z } from 'zod';
import { readWithin, tooLarge, TooLargeError } from '../../domain/byte-limit.ts';
import { ContrailError } from '../../domain/errors.ts';
import { HUB_FOLDERS, hubRoleOf } from '../../domain/metric-hub-path.ts';
import type { Clock } from '../../ports/clock.ts';
import type { HubFile, HubRevision, HubState, MetricHub } from '../../ports/metric-hub.ts';
import { DEFAULT_LIMITS, type MetricHubLimits } from './limits.ts';
import { SharedState, unreadable } from './shared-state.ts';

export interface FolderMetricHubOptions {
  readonly path: string;
  /** How long the files are cached, milliseconds. */
  readonly refreshMs: number;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly limits?: MetricHubLimits;
  readonly isPrivate?: boolean;
}

const MOST_FILES = 50_000;
const COMMITS_FILE = 'outcome_commits.json';
const OutcomeCommits = z.object({ outcomes: z.record(z.string(), z.string().nullable()) });

/** A folder, read as a whole; its only revision is its current content. */
export class FolderMetricHub implements MetricHub {
  readonly url: string;
  readonly isPrivate: boolean;
  readonly #path: string;
  readonly #limits: MetricHubLimits;
  readonly #state: SharedState;

  constructor({ path, refreshMs, clock, limits = DEFAULT_LIMITS, isPrivate = false }: FolderMetricHubOptions) {
    this.#path = path;
    this.#limits = limits;
    this.url = `file:${path}`;
    this.isPrivate = isPrivate;
    this.#state = new SharedState({ url: this.url, refreshMs, clock, load: () => this.#load() });
  }

  current(signal: AbortSignal): Promise<HubState> {
    return this.#state.current(signal);
  }

  async #load(): Promise<HubState> {
    const names = await this.#listFiles();
    const files: HubFile[] = [];
    let total = 0;
    for (const path of names.sort()) {
      const bytes = await this.#readFile(path);
      total += bytes.length;
      if (total > this.#limits.pack.bytes) throw tooLarge(this.#limits.pack);
      files.push({ path, contentId: hashOf(bytes), read: () => Promise.resolve(bytes) });
    }
    const commits = await this.#readCommits();
    const digest = hashOf(JSON.stringify([files.map(({ path, contentId }) => [path, contentId]), [...commits]]));
    const newest: HubRevision = {
      id: digest.slice(0, 40),
      committedAt: undefined,
      files: () => Promise.resolve(files),
      lastCommitOf: (path) => Promise.resolve(commits.get(path) ?? null),
    };
    return { newest, warning: undefined, since: () => Promise.resolve([newest]) };
  }

  async #listFiles(): Promise<string[]> {
    const paths: string[] = [];
    const folders: string[] = [...HUB_FOLDERS];
    let found = 0;
    for (const folder of folders) {
      const entries = await this.#entriesOf(folder);
      found += entries === undefined ? 0 : 1;
      for (const entry of entries ?? []) {
        const path = `${folder}/${entry.name}`;
        if (paths.length + folders.length > MOST_FILES) {
          throw unreadable(this.url, `it has more than ${MOST_FILES} files`);
        }
        if (entry.isDirectory()) folders.push(path);
        else if (hubRoleOf(path) !== undefined) paths.push(path);
      }
    }
    if (found > 0) return paths;
    throw unreadable(this.url, `it has no folder ${HUB_FOLDERS.join(' or ')}`);
  }

  async #readFile(path: string): Promise<Buffer> {
    const file = createReadStream(await this.#targetOf(path)) as AsyncIterable<Buffer>;
    return readWithin(this.#limits.file, file, path);
  }

  /** Resolves a path: a link may lead to another place in the folder, but not out of it. */
  async #targetOf(path: string): Promise<string> {
    const [root, target] = await Promise.all([realpath(this.#path), realpath(join(this.#path, path))]);
    if (target.startsWith(root.endsWith(sep) ? root : `${root}${sep}`)) return target;
    throw unreadable(this.url, `${path} is a link that leads out of the folder`);
  }

  async #entriesOf(folder: string) {
    try {
      return await readdir(await this.#targetOf(folder), { withFileTypes: true });
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async #readCommits(): Promise<ReadonlyMap<string, string | null>> {
    try {
      const json: unknown = JSON.parse((await this.#readFile(COMMITS_FILE)).toString('utf8'));
      return new Map(Object.entries(OutcomeCommits.parse(json).outcomes));
    } catch (error) {
      if (isMissing(error)) return new Map();
      if (error instanceof TooLargeError || error instanceof ContrailError) throw error;
      const reason = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
      throw unreadable(this.url, `${COMMITS_FILE} must contain only commit hashes (${reason})`, error);
    }
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function hashOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
