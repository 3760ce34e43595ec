/** A client for tests: straight to servers of this machine. */
import { HttpClient, type HttpClientOptions } from '../../src/adapters/http/http-client.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { systemRandom } from '../../src/adapters/system/random.ts';

export function httpClient(options: Partial<HttpClientOptions> = {}): HttpClient {
  return new HttpClient({ clock: systemClock, random: systemRandom, ...options });
}
