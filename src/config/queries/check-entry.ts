/** How the fields of an entry go together. Each rule names the field and says what to change. */
import { checkColumns, repeated } from './check-columns.ts';
import type { FieldProblem, QueryEntry } from './entry-schema.ts';

/** All problems but those of names (`check-names.ts`) and of SQL (`check-sql.ts`). */
export function checkEntry(entry: QueryEntry): FieldProblem[] {
  return [
    ...checkSource(entry),
    ...checkScope(entry),
    ...checkCadence(entry),
    ...checkFormat(entry),
    ...(entry.table === undefined || entry.columns === undefined ? [] : checkColumns(entry)),
  ];
}

function checkSource({ table, columns, sum, step, since, sql, sqlFile }: QueryEntry): FieldProblem[] {
  const given = [table, sql, sqlFile].filter((field) => field !== undefined).length;
  const problems: FieldProblem[] = [];
  if (given !== 1) {
    const found = given === 0 ? 'None of them is given' : 'More than one of them is given';
    problems.push({ field: 'table', text: `${found}; give either table with columns, or sql, or sqlFile.` });
  }
  if (table !== undefined && columns === undefined) {
    problems.push({ field: 'columns', text: 'It is missing; list the columns of the table to export.' });
  }
  for (const [field, value] of Object.entries({ columns, sum, step, since })) {
    if (table !== undefined || value === undefined || given === 0) continue;
    problems.push({ field, text: 'It is only for table; with sql, write it into the query.' });
  }
  return problems;
}

function checkScope({ scope, splitBy, table, since, step }: QueryEntry): FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (scope !== 'split' && splitBy !== undefined) {
    problems.push({ field: 'splitBy', text: 'It is only for scope = "split".' });
  }
  if (scope !== 'global' || table === undefined) return problems;
  for (const [field, value] of Object.entries({ since, step })) {
    if (value === undefined) continue;
    problems.push({
      field,
      text: 'It counts from the start of an experiment, so it needs scope "split" or "experiment".',
    });
  }
  return problems;
}

function checkCadence({ every, cron }: QueryEntry): FieldProblem[] {
  if ((every === undefined) !== (cron === undefined)) return [];
  const found = every === undefined ? 'Neither every nor cron is given' : 'Both every and cron are given';
  return [{ field: 'every', text: `${found}; give one of them, such as every = "5m" or cron = "0 3 * * *".` }];
}

function checkFormat({ format, key, value, wrap, orderBy }: QueryEntry): FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (format === 'keyed') {
    if (key === undefined) problems.push({ field: 'key', text: 'It is missing; name the column with the keys.' });
    if (key !== undefined && value?.toLowerCase() === key.toLowerCase()) {
      problems.push({ field: 'value', text: 'It is the same column as key; name another one.' });
    }
  } else {
    for (const [field, given] of Object.entries({ key, value, wrap })) {
      if (given !== undefined) problems.push({ field, text: 'It is only for format = "keyed".' });
    }
    if (orderBy.length === 0) {
      const text = `It is required for format = "${format}", so that unchanged data give unchanged bytes; name columns that make the order unique.`;
      problems.push({ field: 'orderBy', text });
    }
  }
  return [
    ...problems,
    ...repeated(
      'orderBy',
      orderBy.map(({ column }) => column),
    ),
  ];
}
