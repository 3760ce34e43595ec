/** A copy of metric-hub without history: a folder whose `outcome_commits.json` tells the commits of outcomes. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { HUB_FOLDERS, hubRoleOf } from '../../domain/metric-hub-path.ts';
import type { Clock } from '../../ports/clock.ts';
import type { HubFile, HubRevision, HubState, MetricHub } from '../../ports/metric-hub.ts';
import { SharedState, unreadable } from './shared-state.ts';

export interface FolderMetricHubOptions {
  readonly path: string;
  /** How long the files serve before they are read again, in milliseconds. */
  readonly refreshMs: number;
  readonly clock: Clock;
  readonly isPrivate?: boolean;
}

const COMMITS_FILE = 'outcome_commits.json';
const OutcomeCommits = z.object({ outcomes: z.record(z.string(), z.string().nullable()) });

/** A folder, read as a whole; its only revision is what lies there. */
export class FolderMetricHub implements MetricHub {
  readonly url: string;
  readonly isPrivate: boolean;
  readonly #path: string;
  readonly #state: SharedState;

  constructor({ path, refreshMs, clock, isPrivate = false }: FolderMetricHubOptions) {
    this.#path = path;
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
    for (const path of names.sort()) {
      const bytes = await readFile(join(this.#path, path));
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
        if (entry.isDirectory()) folders.push(path);
        else if (hubRoleOf(path) !== undefined) paths.push(path);
      }
    }
    if (found > 0) return paths;
    throw unreadable(this.url, `it has neither a folder ${HUB_FOLDERS.join(' nor ')}`);
  }

  async #entriesOf(folder: string) {
    try {
      return await readdir(join(this.#path, folder), { withFileTypes: true });
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async #readCommits(): Promise<ReadonlyMap<string, string | null>> {
    try {
      const json: unknown = JSON.parse(await readFile(join(this.#path, COMMITS_FILE), 'utf8'));
      return new Map(Object.entries(OutcomeCommits.parse(json).outcomes));
    } catch (error) {
      if (isMissing(error)) return new Map();
      const reason = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
      throw unreadable(this.url, `${COMMITS_FILE} holds something else than hashes of commits (${reason})`, error);
    }
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function hashOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
