/** Parses revisions of metric-hub, each file and each revision once, however many jobs ask for it. */
import { ContrailError } from '../../domain/errors.ts';
import { hubRoleOf } from '../../domain/metric-hub-path.ts';
import { untilAborted } from '../../domain/until-aborted.ts';
import type { HubFile, HubRevision } from '../../ports/metric-hub.ts';
import { HubConfiguration } from './hub-configuration.ts';
import { type ParsedFile, parseFile } from './parse-file.ts';

/** Revisions kept. What they have in common, which is nearly all, is kept once. */
const KEPT_REVISIONS = 32;
const KEPT_FILES = 8_000;

/** Configuration by revision; one object is shared by all jobs of a process. */
export class ConfigurationLoader {
  readonly #revisions = new Map<string, Promise<HubConfiguration>>();
  readonly #files = new Map<string, ParsedFile | ContrailError>();

  /**
   * The configuration of a revision. Throws CONFIGURATION_INVALID if any of its files cannot be used, and
   * METRIC_HUB_UNREADABLE if one cannot be read. An abort ends this caller's waiting alone.
   */
  async load(revision: HubRevision, signal: AbortSignal): Promise<HubConfiguration> {
    const known = this.#revisions.get(revision.id);
    const loading = known ?? this.#parse(revision);
    this.#revisions.delete(revision.id);
    this.#revisions.set(revision.id, loading);
    if (known === undefined) forgetOldest(this.#revisions, KEPT_REVISIONS);
    try {
      return await untilAborted(loading, signal);
    } catch (error) {
      // What is wrong with the files stays wrong; what kept them from being read may pass.
      const isContent = error instanceof ContrailError && error.code === 'CONFIGURATION_INVALID';
      if (!isContent && !signal.aborted) this.#revisions.delete(revision.id);
      throw error;
    }
  }

  /**
   * The first of these revisions that can be used. If none can, throws what is wrong with the last one.
   */
  async loadFirstUsable(revisions: readonly HubRevision[], signal: AbortSignal): Promise<HubConfiguration> {
    for (const [index, revision] of revisions.entries()) {
      try {
        return await this.load(revision, signal);
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof ContrailError) || index === revisions.length - 1) throw error;
      }
    }
    throw new ContrailError('METRIC_HUB_UNREADABLE', 'metric-hub has no revision.');
  }

  async #parse(revision: HubRevision): Promise<HubConfiguration> {
    // The work is shared, so no single caller's abort may end it.
    const { signal } = new AbortController();
    const parsed = new Map<string, ParsedFile>();
    for (const file of await revision.files(signal)) {
      const result = await this.#parseOnce(file, signal);
      if (result === undefined) continue;
      if (result instanceof ContrailError) throw result;
      parsed.set(file.path, result);
    }
    return new HubConfiguration(parsed);
  }

  async #parseOnce(file: HubFile, signal: AbortSignal): Promise<ParsedFile | ContrailError | undefined> {
    const role = hubRoleOf(file.path);
    if (role === undefined) return undefined;
    const key = `${file.contentId} ${file.path}`;
    const known = this.#files.get(key);
    if (known !== undefined) return known;
    const bytes = await file.read(signal);
    const result = resultOf(() => parseFile(file.path, role, bytes));
    this.#files.set(key, result);
    forgetOldest(this.#files, KEPT_FILES);
    return result;
  }
}

function resultOf(parse: () => ParsedFile): ParsedFile | ContrailError {
  try {
    return parse();
  } catch (error) {
    if (error instanceof ContrailError) return error;
    throw error;
  }
}

function forgetOldest(kept: Map<string, unknown>, limit: number): void {
  const [oldest] = kept.keys();
  if (kept.size > limit && oldest !== undefined) kept.delete(oldest);
}
