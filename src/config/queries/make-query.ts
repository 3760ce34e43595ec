/** An entry that was found valid as a query. */
import { createHash } from 'node:crypto';
import type { QueryExport, QueryFormat, QueryScope } from '../../domain/query-export/query-export.ts';
import type { OrderTerm, Selection, TableSelection } from '../../domain/query-export/selection.ts';
import { splitColumn } from './check-columns.ts';
import type { EntryNames } from './check-names.ts';
import type { QueryEntry } from './entry-schema.ts';

const HASH_DIGITS = 40;

/** The query for one set of names; `sql` is the text of sql or sqlFile. */
export function queryOf(entry: QueryEntry, names: EntryNames, sql: string | undefined): QueryExport {
  const scope = scopeOf(entry);
  const format = formatOf(entry);
  const query = {
    name: names.name,
    scope,
    experiments: {
      isRunning: entry.experiments.running,
      endedDays: entry.experiments.endedDays,
      hasRollouts: entry.experiments.rollouts,
    },
    query: { from: selectionOf(entry, names, sql), order: orderOf(entry, scope, format) },
    parameters: entry.parameters,
    object: names.object,
    ...(names.latest === undefined ? {} : { latest: names.latest }),
    cadence:
      entry.cron === undefined
        ? { kind: 'every' as const, everyMs: entry.every ?? 0 }
        : { kind: 'cron' as const, pattern: entry.cron },
    date: entry.date,
    format,
    nulls: entry.nulls,
    ints: entry.ints,
    limits: {
      maximumBytesBilled: entry.maximumBytesBilled,
      timeoutMs: entry.timeout,
      maxRows: entry.maxRows,
    },
    emptyIs: entry.emptyIs,
  };
  const hash = createHash('sha256').update(JSON.stringify(query)).digest('hex').slice(0, HASH_DIGITS);
  return { ...query, isEnabled: entry.enabled, hash };
}

function scopeOf(entry: QueryEntry): QueryScope {
  return entry.scope === 'split' ? { kind: 'split', by: splitColumn(entry) } : { kind: entry.scope };
}

function formatOf({ format, key = '', value, wrap }: QueryEntry): QueryFormat {
  if (format !== 'keyed') return { kind: format };
  return {
    kind: 'keyed',
    key,
    ...(value === undefined ? {} : { value }),
    ...(wrap === undefined ? {} : { wrap }),
  };
}

/** Rows of an object, and of a key, must be neighbours. */
function orderOf({ orderBy }: QueryEntry, scope: QueryScope, format: QueryFormat): OrderTerm[] {
  const first = [...(scope.kind === 'split' ? [scope.by] : []), ...(format.kind === 'keyed' ? [format.key] : [])].map(
    (column) => ({ column, isDescending: false }),
  );
  const rest = orderBy.filter(({ column }) => !first.some((term) => term.column === column));
  return [...first, ...rest];
}

const EXPERIMENTS = { global: 'none', split: 'many', experiment: 'one' } as const;

function selectionOf(entry: QueryEntry, { table }: EntryNames, sql: string | undefined): Selection {
  if (table === undefined) return { kind: 'sql', sql: sql ?? '' };
  const [project = '', dataset = '', name = ''] = table.split('.');
  const experimentColumn = splitColumn(entry);
  const { columns = [], sum, step, since, scope } = entry;
  return {
    kind: 'table',
    table: { project, dataset, table: name },
    columns,
    ...(sum === undefined ? {} : { sum }),
    ...(step === undefined ? {} : { step: stepOf(step, experimentColumn) }),
    ...(since === undefined ? {} : { since }),
    experimentColumn,
    experiments: EXPERIMENTS[scope],
  };
}

/** Numbers that only grow do so in each branch of an experiment. */
function stepOf(step: NonNullable<QueryEntry['step']>, experimentColumn: string): NonNullable<TableSelection['step']> {
  const { column, fine, coarse, afterDays, take, per = [experimentColumn, 'branch'] } = step;
  return { column, fineMs: fine, coarseMs: coarse, afterDays, take, per };
}
