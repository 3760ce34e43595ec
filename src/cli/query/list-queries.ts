/** The list of `contrail run query` without a name. */
import { nextTick } from '../../domain/query-export/cadence.ts';
import type { Cadence, QueryExport } from '../../domain/query-export/query-export.ts';
import { printable } from '../../domain/terminal-text.ts';
import { MICROS_PER_MS, timestampText } from '../../domain/utc-time.ts';
import { printJson, printResult, say } from '../output.ts';

export interface ListOptions {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly asJson: boolean;
}

export function listQueries(queries: readonly QueryExport[], { now, asJson }: ListOptions): void {
  if (asJson) return printJson(queries.map((query) => document(query, now)));
  if (queries.length === 0) return say('No queries are configured. CONTRAIL_QUERIES names the file that lists them.');
  const width = Math.max(...queries.map(({ name }) => name.length));
  for (const query of queries) {
    const { name, isEnabled, scope, cadence, object } = query;
    const when = isEnabled ? cadenceText(cadence) : 'off';
    const next = nextText(query, now) ?? '';
    printResult(
      printable(`${name.padEnd(width)}  ${scope.kind.padEnd(10)} ${when.padEnd(14)} ${next.padEnd(20)} ${object}`),
    );
  }
}

/** When it runs next, `2026-01-15T12:05:00Z`; undefined if it does not. */
function nextText({ isEnabled, cadence }: QueryExport, now: number): string | undefined {
  const next = isEnabled ? nextTick(cadence, now) : undefined;
  return next === undefined ? undefined : timestampText(next * MICROS_PER_MS);
}

function document(query: QueryExport, now: number) {
  const { name, isEnabled, scope, cadence, object, latest, format } = query;
  const next = nextText(query, now);
  return {
    query: name,
    enabled: isEnabled,
    scope: scope.kind,
    format: format.kind,
    ...(cadence.kind === 'every' ? { everyMs: cadence.everyMs } : { cron: cadence.pattern }),
    ...(next === undefined ? {} : { next }),
    object,
    ...(latest === undefined ? {} : { latest }),
  };
}

const UNITS = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'm'],
] as const;

/** `every 5m`, `0 3 * * *` */
export function cadenceText(cadence: Cadence): string {
  if (cadence.kind === 'cron') return cadence.pattern;
  const [ms, unit] = UNITS.find(([size]) => cadence.everyMs % size === 0) ?? [1_000, 's'];
  return `every ${cadence.everyMs / ms}${unit}`;
}
