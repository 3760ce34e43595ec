/** Opens metric-hub by its URL. */
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { WebAddress } from '../../domain/secret.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Http } from '../../ports/http.ts';
import type { MetricHub } from '../../ports/metric-hub.ts';
import { CheckoutMetricHub } from './checkout-metric-hub.ts';
import { CloneMetricHub } from './clone-metric-hub.ts';
import { FolderMetricHub } from './folder-metric-hub.ts';
import { GitRepository } from './git-repository.ts';
import type { MetricHubLimits } from './limits.ts';

export interface MetricHubOptions {
  /** Folder for the clone of a fetched repository. */
  readonly cloneFolder: string;
  /** How long a state is cached, milliseconds. */
  readonly refreshMs: number;
  /** Time limit of one fetch, milliseconds. */
  readonly timeoutMs: number;
  readonly http: Http;
  readonly clock: Clock;
  readonly limits?: MetricHubLimits;
  readonly isPrivate?: boolean;
}

export function fetchedMetricHub(address: WebAddress, options: MetricHubOptions): MetricHub {
  const { cloneFolder: folder, ...others } = options;
  return new CloneMetricHub({ address, folder, ...others });
}

/** A folder: with its history if it has commits, else its current content. */
export async function localMetricHub(
  path: string,
  options: Omit<MetricHubOptions, 'cloneFolder' | 'timeoutMs' | 'http'>,
) {
  const folder = resolve(path);
  const gitdir = await gitdirOf(folder);
  const local = { path: folder, ...options };
  return gitdir === undefined ? new FolderMetricHub(local) : new CheckoutMetricHub({ gitdir, ...local });
}

async function gitdirOf(folder: string): Promise<string | undefined> {
  for (const gitdir of [join(folder, '.git'), folder]) {
    const looksLikeOne = (await exists(gitdir)) && (gitdir !== folder || (await exists(join(folder, 'objects'))));
    if (looksLikeOne && (await hasCommit(gitdir))) return gitdir;
  }
  return undefined;
}

async function hasCommit(gitdir: string): Promise<boolean> {
  return (await new GitRepository(gitdir).resolve('HEAD')) !== undefined;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
