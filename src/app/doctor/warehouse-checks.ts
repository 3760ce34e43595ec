/** The warehouse: results dataset, location, and each right by the call that needs it. */
import { ContrailError, ERROR_CATALOGUE } from '../../domain/errors.ts';
import { parseStatisticsTableName } from '../../domain/statistics-name.ts';
import { quote } from '../../domain/slug.ts';
import type { StatisticsSource } from '../../ports/statistics-source.ts';
import type { WarehouseProbe } from '../../ports/warehouse-probe.ts';
import { type CheckGroup, type CheckResult, ok, tried, warning } from './check.ts';
import { needlessRights } from './needless-rights.ts';

export interface WarehouseCheckDependencies {
  readonly source: Pick<StatisticsSource, 'hasDataset' | 'listTables' | 'descriptionsProblem'>;
  readonly probe: WarehouseProbe;
  readonly resultsDataset: string;
  readonly monitoringDataset: string;
}

export function warehouseChecks({
  source,
  probe,
  resultsDataset,
  monitoringDataset,
}: WarehouseCheckDependencies): CheckGroup {
  return {
    name: 'Warehouse',
    // DuckDB waits up to ten seconds while another process holds the file.
    limitMs: 25_000,
    run: async (signal) => {
      const { names, result } = await findResults(source, { resultsDataset, place: probe.place, signal });
      const table = names.find((name) => parseStatisticsTableName(name) !== undefined) ?? names[0];
      return [
        result,
        ...(await quotaOf(probe, signal)),
        ...descriptionsOf(source),
        ...(table === undefined
          ? []
          : [
              await tried('Warehouse read', signal, async () => {
                await probe.readResults(table, signal);
                return ok('Warehouse read', `Contrail may read ${resultsDataset}, for example ${table}.`);
              }),
              ...(await needlessRights('Warehouse excess', () => probe.needlessRights(table, signal), signal)),
            ]),
        await tried('Warehouse write', signal, async () => {
          await probe.writeRecords(signal);
          return ok('Warehouse write', `Contrail may write the monitoring tables in ${monitoringDataset}.`);
        }),
        await tried('Warehouse jobs', signal, async () => {
          await probe.readJobs(signal);
          return ok('Warehouse jobs', 'Contrail may read the jobs of the project, for the cost of queries.');
        }),
      ];
    },
  };
}

/** Credentials of people name a project for their quota; those of services count against their own. */
async function quotaOf(probe: WarehouseProbe, signal: AbortSignal): Promise<CheckResult[]> {
  const check = 'Quota project';
  let isKnown = true;
  const result = await tried(check, signal, async () => {
    const quota = await probe.quotaProject(signal);
    isKnown = quota !== undefined;
    if (quota?.named === undefined) return ok(check, 'Requests count against the project of the credentials.');
    return ok(check, `Requests count against ${quota.named}, as the credentials say.`);
  });
  return isKnown ? [result] : [];
}

/** Only where they cannot be read: most warehouses and datasets have them. */
function descriptionsOf({ descriptionsProblem: problem }: WarehouseCheckDependencies['source']): CheckResult[] {
  if (problem === undefined) return [];
  const effect =
    'So only the names of tables tell whose they are, and experiments that are alike in names may be mixed up.';
  return [
    warning('Table descriptions', `${problem.message} ${effect}`, problem.hint ?? ERROR_CATALOGUE[problem.code].remedy),
  ];
}

interface ResultsRequest {
  readonly resultsDataset: string;
  readonly place: string;
  readonly signal: AbortSignal;
}

async function findResults(
  source: WarehouseCheckDependencies['source'],
  { resultsDataset, place, signal }: ResultsRequest,
): Promise<{ readonly names: readonly string[]; readonly result: CheckResult }> {
  const check = 'Results dataset';
  let names: readonly string[] = [];
  const result = await tried(check, signal, async () => {
    if (!(await source.hasDataset(signal))) {
      throw new ContrailError('DATASET_MISSING', `There is no dataset ${quote(resultsDataset)} in ${place}.`, {
        hint: 'CONTRAIL_RESULTS_DATASET must name the dataset that the analysis writes its results to.',
      });
    }
    names = (await source.listTables(signal)).map(({ name }) => name);
    const views = names.filter((name) => parseStatisticsTableName(name) !== undefined).length;
    const detail = `${resultsDataset} in ${place} has ${names.length} tables, ${views} of them views of results.`;
    const remedy = 'Check CONTRAIL_RESULTS_DATASET, or wait for the first analysis.';
    return views > 0 ? ok(check, detail) : warning(check, detail, remedy);
  });
  return { names, result };
}
