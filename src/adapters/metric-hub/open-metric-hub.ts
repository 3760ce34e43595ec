/** Which kind of metric-hub a URL names. */
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
  /** Where the clone of a repository that is fetched is kept. */
  readonly cloneFolder: string;
  /** How long a state serves before it is looked up again, in milliseconds. */
  readonly refreshMs: number;
  /** How long one fetch may take, in milliseconds. */
  readonly timeoutMs: number;
  readonly http: Http;
  readonly clock: Clock;
  readonly limits?: MetricHubLimits;
  readonly isPrivate?: boolean;
}

/** The repository at an address. */
export function fetchedMetricHub(address: WebAddress, options: MetricHubOptions): MetricHub {
  const { cloneFolder: folder, ...others } = options;
  return new CloneMetricHub({ address, folder, ...others });
}

/** The folder at a path: with its history if anything is committed in it, else as it lies there. */
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
