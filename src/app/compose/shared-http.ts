/** The HTTP client of a process, shared so that requests share connections. */
import { HttpClient } from '../../adapters/http/http-client.ts';
import { systemClock } from '../../adapters/system/clock.ts';
import { systemRandom } from '../../adapters/system/random.ts';
import { proxyEnvironment } from '../../config/proxy-environment.ts';
import type { Http } from '../../ports/http.ts';

export type SharedHttp = () => Http;

/** Made on first use, so that an invalid proxy does not matter to processes that only use files. */
export function sharedHttp(): SharedHttp {
  let http: Http | undefined;
  return () => (http ??= new HttpClient({ ...proxyEnvironment(), clock: systemClock, random: systemRandom }));
}
