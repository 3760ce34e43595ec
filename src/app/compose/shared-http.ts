/** The client for all requests of a process, so that they share connections. */
import { HttpClient } from '../../adapters/http/http-client.ts';
import { systemClock } from '../../adapters/system/clock.ts';
import { systemRandom } from '../../adapters/system/random.ts';
import { proxyEnvironment } from '../../config/proxy-environment.ts';
import type { Http } from '../../ports/http.ts';

export type SharedHttp = () => Http;

/** Made when it is first asked for: who works with files only need not have a proxy that can be used. */
export function sharedHttp(): SharedHttp {
  let http: Http | undefined;
  return () => (http ??= new HttpClient({ ...proxyEnvironment(), clock: systemClock, random: systemRandom }));
}
