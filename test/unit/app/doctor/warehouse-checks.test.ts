import { expect, it } from 'vitest';
import { MemoryStatisticsSource } from '../../../../src/adapters/memory/statistics-source.ts';
import { warehouseChecks } from '../../../../src/app/doctor/warehouse-checks.ts';
import { ContrailError } from '../../../../src/domain/errors.ts';

const never = new AbortController().signal;
const allowed = () => Promise.resolve();

interface World {
  readonly tables?: readonly string[];
  readonly descriptionsProblem?: ContrailError | undefined;
  readonly quota?: { readonly named: string | undefined } | undefined;
}

/** Of a warehouse where everything is allowed. */
function resultsOf({ tables: names = [], descriptionsProblem, quota }: World) {
  const tables = new MemoryStatisticsSource();
  for (const name of names) tables.set(name, { columns: [], batches: [], changedAt: 0 });
  return warehouseChecks({
    source: {
      descriptionsProblem,
      hasDataset: (signal) => tables.hasDataset(signal),
      listTables: (signal) => tables.listTables(signal),
    },
    probe: {
      place: 'memory:',
      quotaProject: async () => quota,
      needlessRights: async () => undefined,
      readResults: allowed,
      writeRecords: allowed,
      readJobs: allowed,
    },
    resultsDataset: 'mozanalysis',
    monitoringDataset: 'monitoring',
  }).run(never);
}

it.each([
  ['none, where they can be read', undefined, []],
  [
    'a warning with the remedy, where they cannot',
    new ContrailError('ACCESS_DENIED', 'Reading the descriptions of the tables of p.mozanalysis failed: not allowed.'),
    ['warning'],
  ],
])('says of the descriptions of tables: %s', async (_, descriptionsProblem, states) => {
  const results = await resultsOf({ tables: ['statistics_a_weekly'], descriptionsProblem });

  const found = results.filter(({ check }) => check === 'Table descriptions');
  expect(found.map(({ state }) => state)).toEqual(states);
  expect(found.every(({ detail, remedy }) => detail.includes('only the names') && remedy !== undefined)).toBe(true);
  expect(results.filter(({ state }) => state === 'ok')).toHaveLength(4);
});

it.each([
  [undefined, []],
  [{ named: undefined }, ['Requests count against the project of the credentials.']],
  [{ named: 'my-quota' }, ['Requests count against my-quota, as the credentials say.']],
])('says whose quota %j is', async (quota, details) => {
  const results = await resultsOf({ quota });

  expect(results.filter(({ check }) => check === 'Quota project').map(({ detail }) => detail)).toEqual(details);
});
