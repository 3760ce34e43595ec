/** Names of changed tables, as people write them. */
import { ContrailError } from './errors.ts';
import { quote } from './slug.ts';
import { tableReadings } from './table-owners.ts';

/**
 * The name without project and dataset: `project.dataset.table`, `project:dataset.table` and `dataset.table` are understood.
 * Throws USAGE for another dataset, and for what is no statistics table.
 */
export function changedTableName(text: string, dataset: string): string {
  const parts = text.replaceAll('`', '').split(/[.:]/);
  const [table = '', own = dataset] = parts.toReversed();
  if (own !== dataset) {
    throw new ContrailError('USAGE', `The table ${quote(text)} is not in the results dataset ${dataset}.`);
  }
  if (parts.length > 3 || tableReadings(table).length === 0) {
    throw new ContrailError('USAGE', `${quote(text)} is not the name of a statistics table.`, {
      hint: 'Such names are like statistics_my_experiment_weekly or statistics_my_experiment_week_1.',
    });
  }
  return table;
}
