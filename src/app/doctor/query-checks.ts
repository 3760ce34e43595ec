/** The configured queries: each is checked by the warehouse without being run. */
import pMap from 'p-map';
import { formatBytes } from '../../domain/byte-text.ts';
import type { Pricing } from '../../domain/query-cost-price.ts';
import type { QueryExport } from '../../domain/query-export/query-export.ts';
import type { WallClock } from '../../ports/clock.ts';
import type { QuerySource } from '../../ports/query-source.ts';
import { dryRun } from '../../workers/queries/dry-run.ts';
import { type CheckGroup, ok, tried, warning } from './check.ts';

export interface QueryCheckDependencies {
  readonly queries: QuerySource;
  readonly clock: WallClock;
  readonly pricing: Pricing;
  /** The queries, and what may be a mistake. Throws CONFIG_INVALID. */
  readonly readFile: () => { readonly queries: readonly QueryExport[]; readonly warnings: readonly string[] };
}

const NAME = 'Queries';
const LIMIT_MS = 25_000;
const CONCURRENCY = 4;

/** One line for each enabled query; none at all without any. */
export function queryChecks({ queries: source, clock, pricing, readFile }: QueryCheckDependencies): CheckGroup {
  return {
    name: NAME,
    limitMs: LIMIT_MS,
    run: async (signal) => {
      const { queries, warnings } = readFile();
      const enabled = queries.filter(({ isEnabled }) => isEnabled);
      const checked = await pMap(
        enabled,
        (definition) =>
          tried(`Query ${definition.name}`, signal, async () => {
            const request = { definition, tick: clock.now(), job: 'doctor', experiments: [], signal };
            const { estimatedBytes, maximumBytesBilled } = await dryRun({ queries: source }, request, pricing);
            const bytes =
              estimatedBytes === undefined
                ? ''
                : ` of about ${formatBytes(estimatedBytes)}, limit ${formatBytes(maximumBytesBilled)}`;
            return ok(`Query ${definition.name}`, `The warehouse would run it${bytes}.`);
          }),
        { concurrency: CONCURRENCY },
      );
      const remedy = 'Correct it in the queries file, or leave it if it is meant so.';
      return [...checked, ...warnings.map((text) => warning(NAME, text, remedy))];
    },
  };
}
