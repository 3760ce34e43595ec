/** The object store, by setting. */
import type { Config } from '../../config/load-config.ts';
import type { ComposingStore } from '../../ports/object-store.ts';
import type { Adapters } from './adapters.ts';
import type { SharedLimits } from './open-shared-limits.ts';
import { requiredSetting } from './required-setting.ts';
import { sharedHttp } from './shared-http.ts';

/** The object store of a configuration with `bucket`. */
export async function storeOf(
  config: Config,
  {
    clock,
    random,
    log,
    http = sharedHttp(),
    limits = {},
  }: Pick<Adapters, 'clock' | 'random' | 'log'> & Partial<Pick<Adapters, 'http'>> & { readonly limits?: SharedLimits },
): Promise<ComposingStore> {
  const { scheme, path, text } = requiredSetting(config, 'bucket');
  if (scheme === 'file') {
    const { FileObjectStore } = await import('../../adapters/filesystem/object-store.ts');
    return new FileObjectStore({ root: path, clock });
  }
  const { GcsObjectStore } = await import('../../adapters/gcs/object-store.ts');
  return new GcsObjectStore({
    bucket: new URL(text).hostname,
    gzip: config['gcs.gzip'],
    clock,
    random,
    log,
    http: http(),
    ...(limits.uploads === undefined ? {} : { uploadTurns: limits.uploads }),
    ...(config.storageEmulator === undefined ? {} : { apiEndpoint: config.storageEmulator }),
  });
}
