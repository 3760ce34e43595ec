/** The tables that the demo adds to the sample, made of the rows of one of its tables. */
import { BAD_EXPERIMENT, CHANGING_EXPERIMENT, EMPTY_EXPERIMENT } from '../../src/cli/demo/odd-tables.ts';
import type { SeedRow } from './emulated-warehouse.ts';
import type { SeedView } from './statistics-folder.ts';

const TEMPLATE = 'statistics_newtab_topic_picker_three_way_week_1';

/** A view whose rows are bad, one without rows, and one with the rows of the template. */
export function demoViews(sample: readonly SeedView[]): SeedView[] {
  const template = sample.flatMap(({ tables }) => tables).find(({ table }) => table === TEMPLATE);
  if (template === undefined) throw new Error(`the sample has no table ${TEMPLATE}`);
  return [
    viewOf(BAD_EXPERIMENT, () => template.rows().map(withoutFifthSegment)),
    viewOf(EMPTY_EXPERIMENT, () => []),
    viewOf(CHANGING_EXPERIMENT, template.rows),
  ];
}

function viewOf(slug: string, rows: () => readonly SeedRow[]): SeedView {
  const name = `statistics_${slug.replaceAll('-', '_')}`;
  return { view: `${name}_weekly`, tables: [{ table: `${name}_week_1`, rows }] };
}

/** Every fifth row lacks what the console cannot do without: more than the tenth that may be left out. */
function withoutFifthSegment(row: SeedRow, index: number): SeedRow {
  return index % 5 === 0 ? { ...row, segment: null } : row;
}
