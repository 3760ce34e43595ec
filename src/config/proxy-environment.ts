/** The proxy for HTTPS, from the variables that Google's libraries also read. */
import { ContrailError } from '../domain/errors.ts';
import type { Environment } from './load-config.ts';

/** Options for an adapter; empty if no proxy is set. */
export interface ProxyEnvironment {
  readonly proxy?: {
    readonly url: URL;
    /** Hosts that are reached directly, as in `NO_PROXY`: `.example.org`, `localhost:9050`, `*`. */
    readonly exceptFor: readonly string[];
  };
}

/** Throws CONFIG_INVALID if HTTPS_PROXY is not a URL. The message does not show it, because it may hold a password. */
export function proxyEnvironment(environment: Environment = process.env): ProxyEnvironment {
  const text = environment['HTTPS_PROXY'] || environment['https_proxy'];
  if (!text) return {};
  const url = parseAddress(text.includes('://') ? text : `http://${text}`);
  if (url === undefined) {
    throw new ContrailError(
      'CONFIG_INVALID',
      '`HTTPS_PROXY` has an invalid value (not shown); expected http://<host>:<port>, optionally with user and password, or https://.',
    );
  }
  const list = environment['NO_PROXY'] || environment['no_proxy'] || '';
  const exceptFor = list.split(/[\s,]+/).filter((entry) => entry !== '');
  return { proxy: { url, exceptFor } };
}

function parseAddress(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && /^https?:$/.test(url.protocol) && url.hostname !== '' ? url : undefined;
}
