/** Puts statistics tables and the views over them into a BigQuery emulator, as the analysis would. */
import type { EmulatedWarehouse, SeedColumn } from './emulated-warehouse.ts';
import type { SeedView, StatisticsFolder } from './statistics-folder.ts';

/**
 * Makes the views that are missing, with their tables, and gives their number. A view comes after its tables, so one
 * that is there is whole, and a seed that was broken off goes on where it was.
 */
export async function seedStatistics(
  warehouse: EmulatedWarehouse,
  dataset: string,
  { columns, views }: StatisticsFolder,
): Promise<number> {
  await warehouse.makeDataset(dataset);
  let made = 0;
  for (const view of views) {
    if (await warehouse.has(`${dataset}.${view.view}`)) continue;
    for (const { table, rows } of view.tables) await warehouse.makeTable(`${dataset}.${table}`, columns, rows());
    await warehouse.makeView(`${dataset}.${view.view}`, viewQuery(dataset, view, columns));
    made += 1;
  }
  return made;
}

/** Tables one by one, because the emulator's wildcard adds a column of its own to what it reads. */
function viewQuery(dataset: string, { tables }: SeedView, columns: readonly SeedColumn[]): string {
  const names = columns.map(({ name }) => `\`${name}\``).join(', ');
  const parts = tables.map(({ table }) => {
    const window = /\d+$/.exec(table)?.[0] ?? '1';
    return `SELECT ${names}, ${window} AS window_index FROM \`${dataset}.${table}\``;
  });
  return parts.join(' UNION ALL ');
}
