/** What the page of errors reads, from the logs. Answers are kept for a minute. */
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { LogSearch } from '../../ports/log-search.ts';
import { errorKinds } from '../../web/pages/errors/error-kinds.ts';
import type { ErrorsSource } from '../../web/pages/errors/errors-source.ts';
import { KeptParts } from './kept-parts.ts';

const KEEP_MS = 60_000;
/** Selections; each may hold thousands of messages. */
const MOST = 16;

export function errorsSource(
  search: () => Promise<LogSearch>,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): ErrorsSource {
  const parts = <Value>(name: string) => new KeptParts<Value>({ clock, log, name, keepMs: KEEP_MS, most: MOST });
  const counts = parts<Awaited<ReturnType<LogSearch['countByDay']>>>('The count of the log rows');
  const kinds = parts<ReturnType<typeof errorKinds>>('The kinds of messages in the logs');
  const rows = parts<Awaited<ReturnType<LogSearch['rows']>>>('The log rows');
  const newest = parts<number | undefined>('The newest log row');
  return {
    countByDay: (filter, signal) =>
      counts.get(keyOf(filter), async (inner) => (await search()).countByDay(filter, inner), signal),
    kinds: (request, signal) =>
      kinds.get(keyOf(request), async (inner) => errorKinds(await (await search()).messages(request, inner)), signal),
    rows: (request, signal) => rows.get(keyOf(request), async (inner) => (await search()).rows(request, inner), signal),
    newest: (filter, signal) =>
      newest.get(keyOf(filter), async (inner) => (await search()).newest(filter, inner), signal),
  };
}

function keyOf(request: object): string {
  return JSON.stringify(request);
}
