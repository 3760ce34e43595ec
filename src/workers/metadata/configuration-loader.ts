/** Parses revisions of metric-hub: each file and each revision once, for all jobs. */
import { ContrailError } from '../../domain/errors.ts';
import { hubRoleOf } from '../../domain/metric-hub-path.ts';
import { untilAborted } from '../../domain/until-aborted.ts';
import type { HubFile, HubRevision } from '../../ports/metric-hub.ts';
import { HubConfiguration } from '../../metric-hub/hub-configuration.ts';
import { type ParsedFile, parseFile } from '../../metric-hub/parse-file.ts';

/** Cached revisions; they share nearly all of their content. */
const KEPT_REVISIONS = 32;
const KEPT_FILES = 8_000;

/** Configuration by revision, shared by all jobs of a process. */
export class ConfigurationLoader {
  /** The result of a revision; a content error is permanent. */
  readonly #revisions = new Map<string, HubConfiguration | ContrailError>();
  readonly #loading = new Map<string, Promise<HubConfiguration>>();
  readonly #files = new Map<string, ParsedFile | ContrailError>();

  /**
   * The configuration of a revision. Throws CONFIGURATION_INVALID if one of its files is invalid, METRIC_HUB_UNREADABLE if
   * one cannot be read. An abort ends only this caller's wait.
   */
  async load(revision: HubRevision, signal: AbortSignal): Promise<HubConfiguration> {
    signal.throwIfAborted();
    const known = this.#revisions.get(revision.id);
    if (known === undefined) return untilAborted(this.#loadOnce(revision), signal);
    this.#keep(revision.id, known);
    if (known instanceof ContrailError) throw known;
    return known;
  }

  /** The first valid one of these revisions. If there is none, throws the error of the last one. */
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

  /** Loads once for all callers. Read failures may pass, so they are not cached. */
  #loadOnce(revision: HubRevision): Promise<HubConfiguration> {
    const underWay = this.#loading.get(revision.id);
    if (underWay !== undefined) return underWay;
    const loading = this.#parseAndKeep(revision).finally(() => this.#loading.delete(revision.id));
    this.#loading.set(revision.id, loading);
    return loading;
  }

  async #parseAndKeep(revision: HubRevision): Promise<HubConfiguration> {
    try {
      const configuration = await this.#parse(revision);
      this.#keep(revision.id, configuration);
      return configuration;
    } catch (error) {
      if (error instanceof ContrailError && error.code === 'CONFIGURATION_INVALID') this.#keep(revision.id, error);
      throw error;
    }
  }

  #keep(id: string, result: HubConfiguration | ContrailError): void {
    this.#revisions.delete(id);
    this.#revisions.set(id, result);
    forgetOldest(this.#revisions, KEPT_REVISIONS);
  }

  async #parse(revision: HubRevision): Promise<HubConfiguration> {
    // The work is shared, so a single caller's abort must not end it.
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
