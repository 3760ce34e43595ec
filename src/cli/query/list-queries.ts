/** The list of `contrail run query` without a name. */
import type { Cadence, QueryExport } from '../../domain/query-export/query-export.ts';
import { printable } from '../../domain/terminal-text.ts';
import { printJson, printResult, say } from '../output.ts';

export function listQueries(queries: readonly QueryExport[], asJson: boolean): void {
  if (asJson) return printJson(queries.map(document));
  if (queries.length === 0) return say('No queries are configured. CONTRAIL_QUERIES names the file that lists them.');
  const width = Math.max(...queries.map(({ name }) => name.length));
  for (const query of queries) {
    const { name, isEnabled, scope, cadence, object } = query;
    const when = isEnabled ? cadenceText(cadence) : 'off';
    printResult(printable(`${name.padEnd(width)}  ${scope.kind.padEnd(10)} ${when.padEnd(14)} ${object}`));
  }
}

function document({ name, isEnabled, scope, cadence, object, latest, format }: QueryExport) {
  return {
    query: name,
    enabled: isEnabled,
    scope: scope.kind,
    format: format.kind,
    ...(cadence.kind === 'every' ? { everyMs: cadence.everyMs } : { cron: cadence.pattern }),
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
