/** When the tables of experiments last changed. */
import { changeTimes, type VersionedTable } from '../table-times.ts';
import type { TableEntry, WindowTables } from './window-tables.ts';

/**
 * The newest change of any table of each experiment, milliseconds since 1970; experiments without times are left out. Where
 * the listing has no times, the tables are described.
 */
export async function lastChanges(
  experiments: readonly string[],
  tables: WindowTables,
  describe: (names: readonly string[]) => Promise<readonly VersionedTable[]>,
): Promise<ReadonlyMap<string, number>> {
  const own = new Map(experiments.map((experiment) => [experiment, tables.tablesOf(experiment)]));
  const untimed = [...own.values()].flat().filter(({ changedAt }) => changedAt === undefined);
  const described = untimed.length === 0 ? [] : await describe([...new Set(untimed.map(({ name }) => name))]);
  const times = new Map(changeTimes(described).map(({ name, changedAt }) => [name, changedAt]));
  const changes = new Map<string, number>();
  for (const [experiment, listed] of own) {
    const newest = newestOf(listed, times);
    if (newest !== undefined) changes.set(experiment, newest);
  }
  return changes;
}

function newestOf(tables: readonly TableEntry[], times: ReadonlyMap<string, number>): number | undefined {
  let newest: number | undefined;
  for (const { name, changedAt = times.get(name) } of tables) {
    if (changedAt !== undefined && (newest === undefined || changedAt > newest)) newest = changedAt;
  }
  return newest;
}
