/**
 * A repository that is fetched over HTTP into a clone on disk. Each look fetches what is new. While the repository cannot
 * be reached, the clone is used, even after a restart. Several processes may share the folder.
 */
import * as fs from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setImmediate as pause } from 'node:timers/promises';
import { addRemote, fetch, getConfig, init, writeRef } from 'isomorphic-git';
import type { WebAddress } from '../../domain/secret.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Http } from '../../ports/http.ts';
import type { HubState, MetricHub } from '../../ports/metric-hub.ts';
import { LockFolder } from '../disk/lock-folder.ts';
import { makeFolder } from '../disk/make-folder.ts';
import { describeThisProcess, newOwnerText } from '../disk/process-owner.ts';
import { checkPack } from './check-pack.ts';
import { gitHttp } from './git-http.ts';
import { GitRepository } from './git-repository.ts';
import { GitStates } from './git-state.ts';
import { DEFAULT_LIMITS, type MetricHubLimits } from './limits.ts';
import { SharedState, staleWarning, toUnreadable } from './shared-state.ts';

export interface CloneMetricHubOptions {
  /** `https://github.com/mozilla/metric-hub`; its credentials are sent to the server and stored nowhere. */
  readonly address: WebAddress;
  /** Folder of the clone; created if it is missing. One repository per folder. */
  readonly folder: string;
  /** How long a state is cached, milliseconds. */
  readonly refreshMs: number;
  /** Time limit of one fetch, milliseconds. */
  readonly timeoutMs: number;
  readonly http: Http;
  readonly clock: Clock;
  readonly limits?: MetricHubLimits;
  readonly isPrivate?: boolean;
}

/** The last fetched commit. A ref of our own, because the remote's branch may be renamed. */
const NEWEST = 'refs/contrail/newest';

export class CloneMetricHub implements MetricHub {
  readonly url: string;
  readonly isPrivate: boolean;
  readonly #address: WebAddress;
  readonly #limits: MetricHubLimits;
  readonly #gitdir: string;
  readonly #http: Http;
  readonly #timeoutMs: number;
  readonly #clock: Clock;
  readonly #repository: GitRepository;
  readonly #states: GitStates;
  readonly #state: SharedState;
  readonly #locks: LockFolder;

  constructor(options: CloneMetricHubOptions) {
    const { address, folder, refreshMs, timeoutMs, http, clock, limits = DEFAULT_LIMITS, isPrivate = false } = options;
    const url = address.text;
    this.url = url;
    this.#address = address;
    this.#limits = limits;
    this.isPrivate = isPrivate;
    this.#http = http;
    this.#timeoutMs = timeoutMs;
    this.#clock = clock;
    this.#gitdir = join(folder, 'clone.git');
    this.#repository = new GitRepository(this.#gitdir, limits);
    this.#states = new GitStates(this.#repository, url);
    this.#state = new SharedState({ url, refreshMs, clock, load: () => this.#load() });
    const me = describeThisProcess();
    this.#locks = new LockFolder({ locks: folder, aside: folder, waitMs: timeoutMs, me: () => me, clock });
  }

  current(signal: AbortSignal): Promise<HubState> {
    return this.#state.current(signal);
  }

  async #load(): Promise<HubState> {
    const signal = this.#clock.timeout(this.#timeoutMs);
    try {
      await makeFolder(dirname(this.#gitdir));
      await this.#locks.run('clone', signal, () => this.#fetch(signal));
    } catch (error) {
      return this.#fallBack(error);
    }
    return this.#states.at(await this.#newest());
  }

  /** The state that an earlier fetch, perhaps of another process, has left. */
  async #fallBack(error: unknown): Promise<HubState> {
    const reason = toUnreadable(this.url, error, (text) => this.#address.shown(text));
    const known = await this.#fetchedBefore();
    if (known === undefined) throw reason;
    const state = await this.#states.at(known);
    return { ...state, warning: staleWarning(reason.message, state) };
  }

  /** Unreadable counts as missing: the failure of the fetch is the better reason. */
  async #fetchedBefore(): Promise<string | undefined> {
    try {
      return await this.#repository.resolve(NEWEST);
    } catch {
      return undefined;
    }
  }

  async #newest(): Promise<string> {
    const newest = await this.#repository.resolve(NEWEST);
    if (newest === undefined) throw new Error('nothing was fetched');
    return newest;
  }

  async #fetch(signal: AbortSignal): Promise<void> {
    const isThere = (await this.#repository.resolve(NEWEST)) !== undefined;
    if (!isThere) return this.#cloneAnew(signal);
    await this.#nameRemote(this.#gitdir);
    await this.#fetchInto(this.#gitdir, signal);
  }

  /** Only for people who look into the clone, so without credentials. Removes those that older clones have. */
  async #nameRemote(gitdir: string): Promise<void> {
    const known: unknown = await getConfig({ fs, gitdir, path: 'remote.origin.url' });
    if (known !== this.url) await addRemote({ fs, gitdir, remote: 'origin', url: this.url, force: true });
  }

  /** The first fetch goes to a temporary folder, so that the clone appears atomically. */
  async #cloneAnew(signal: AbortSignal): Promise<void> {
    const aside = `${this.#gitdir}.${newOwnerText(await describeThisProcess())}`;
    try {
      await mkdir(aside);
      await init({ fs, gitdir: aside, bare: true });
      await this.#nameRemote(aside);
      await this.#fetchInto(aside, signal);
      // The folder has no commit of ours: the rest of a damaged clone.
      await rm(this.#gitdir, { recursive: true, force: true });
      await rename(aside, this.#gitdir);
    } finally {
      await rm(aside, { recursive: true, force: true });
    }
  }

  async #fetchInto(gitdir: string, signal: AbortSignal): Promise<void> {
    const { fetchHead } = await fetch({
      fs: this.#checkingFs(signal),
      http: gitHttp({ address: this.#address, http: this.#http, limit: this.#limits.pack, signal }),
      gitdir,
      url: this.url,
      ref: NEWEST,
      remoteRef: 'HEAD',
      singleBranch: true,
      tags: false,
      // Unpacking blocks the event loop, so pause here to let the deadline fire.
      onProgress: async () => {
        await pause();
        signal.throwIfAborted();
      },
    });
    if (fetchHead === null) throw new Error('the repository has no commit');
    await writeRef({ fs, gitdir, ref: NEWEST, value: fetchHead, force: true });
  }

  /** Checks a pack before the library writes and unpacks it. */
  #checkingFs(signal: AbortSignal) {
    const writeFile = async (path: string, content: string | Uint8Array, options?: object): Promise<void> => {
      if (path.endsWith('.pack')) await checkPack(Buffer.from(content), this.#limits, signal);
      await fs.promises.writeFile(path, content, options);
    };
    return { promises: { ...fs.promises, writeFile } };
  }
}
