/** One entry of the file of queries, as written. Rules for fields alone; how fields go together is for `check-entry.ts`. */
import { z } from 'zod';
import { cronProblem } from '../../domain/query-export/cadence.ts';
import { byteSize, duration, oneOf } from '../setting-types.ts';
import { ParameterEntry } from './parameter-schema.ts';

const SHORTEST_MS = 5 * 60_000;
const MOST_ITEMS = 100;
const LONGEST_TEMPLATE = 300;
const MOST_ROWS = 1_000_000_000;

/** Also for parts of table names, which cannot begin or end a quotation then. */
export const ITEM = /^[A-Za-z0-9_-]{1,100}$/;

// BigQuery's rule; names with other characters can be renamed with AS.
const Column = text(/^[A-Za-z_]\w{0,299}$/, 'the name of a column: letters, digits and _');
const Columns = z.array(Column, expected('a list of columns')).min(1, 'at least one column');
const Flag = z.boolean(expected('true or false'));

const Sum = z.strictObject(
  { column: Column, by: Columns },
  expected('a table such as { column = "value", by = ["time"] }'),
);

const Step = z.strictObject(
  {
    column: Column,
    fine: time('1d'),
    coarse: time('1d'),
    afterDays: wholeNumber(0, 3_650),
    take: oneOf(['last', 'sum']),
    per: Columns.optional(),
  },
  expected('a table such as { column = "time", fine = "5m", coarse = "30m", afterDays = 14, take = "sum" }'),
);

const Choice = z.strictObject(
  { running: Flag.default(true), endedDays: wholeNumber(0, 3_650).default(0), rollouts: Flag.default(true) },
  expected('a table such as { running = true, endedDays = 14, rollouts = true }'),
);

const Order = z
  .string(expected('texts such as "time desc"'))
  .regex(/^[A-Za-z_]\w{0,299}(?: +(?:asc|desc))?$/i, 'a column, perhaps with asc or desc, such as "time desc"')
  .transform((term) => {
    const [column = '', direction = 'asc'] = term.split(/ +/);
    return { column, isDescending: direction.toLowerCase() === 'desc' };
  });

export const QueryEntry = z.strictObject({
  name: z.string(expected('a text')).max(200, 'at most 200 characters'),
  enabled: Flag.default(true),
  table: z.string(expected('project.dataset.name')).optional(),
  columns: Columns.optional(),
  sum: Sum.optional(),
  step: Step.optional(),
  since: oneOfTexts(['start']).optional(),
  sql: z.string(expected('a SELECT')).max(900_000, 'at most 900,000 characters').optional(),
  sqlFile: z.string(expected('the name of a file beside this one')).optional(),
  foreach: z
    .array(text(ITEM, 'letters, digits, _ and -'), expected('a list of texts'))
    .max(MOST_ITEMS, `at most ${MOST_ITEMS} values`)
    .default([]),
  scope: oneOfTexts(['global', 'split', 'experiment']).default('global'),
  splitBy: Column.optional(),
  experiments: Choice.default({ running: true, endedDays: 0, rollouts: true }),
  object: template(),
  latest: template().optional(),
  every: time('31d')
    .refine((ms) => ms >= SHORTEST_MS, 'a duration from 5m to 31d')
    .optional(),
  cron: z
    .string(expected('five fields, such as "0 3 * * *"'))
    .superRefine((pattern, context) => {
      const problem = cronProblem(pattern, SHORTEST_MS);
      if (problem === undefined) return;
      context.addIssue({
        code: 'custom',
        message: `five fields, such as "0 3 * * *"; it ${problem}`,
      });
    })
    .optional(),
  date: oneOfTexts(['before', 'tick']).default('before'),
  format: oneOfTexts(['array', 'ndjson', 'keyed']).default('array'),
  key: Column.optional(),
  value: Column.optional(),
  wrap: text(/^[^\p{Cc}\p{Cs}]{1,100}$/u, 'a text of 1 to 100 characters').optional(),
  nulls: oneOfTexts(['keep', 'omit']).default('keep'),
  ints: oneOfTexts(['string', 'number']).default('string'),
  orderBy: z.array(Order, expected('a list such as ["time desc", "branch"]')).default([]),
  parameters: z.record(z.string(), ParameterEntry, expected('a table of parameters')).default({}),
  maximumBytesBilled: z.string(expected('a size such as 500MB, 100GB or 2TB')).pipe(byteSize()).default(10e9),
  timeout: time('6h').default(600_000),
  maxRows: wholeNumber(1, MOST_ROWS).default(5_000_000),
  emptyIs: oneOfTexts(['keep', 'publish']).default('keep'),
});
export type QueryEntry = z.infer<typeof QueryEntry>;

export interface FieldProblem {
  readonly field: string;
  /** A sentence. */
  readonly text: string;
}

export const FIELDS: readonly string[] = Object.keys(QueryEntry.shape);

function template(): z.ZodType<string> {
  const allowed = 'the name of an object, such as "monitoring/{slug}.json"';
  return z.string(expected(allowed)).min(1, allowed).max(LONGEST_TEMPLATE, `at most ${LONGEST_TEMPLATE} characters`);
}

function text(pattern: RegExp, allowed: string): z.ZodType<string> {
  return z.string(expected(allowed)).regex(pattern, allowed);
}

function oneOfTexts<const Word extends string>(words: readonly Word[]): z.ZodType<Word> {
  return z.literal(
    words,
    expected(
      words
        .map((word) => JSON.stringify(word))
        .join(', ')
        .replace(/, ([^,]*)$/, ' or $1'),
    ),
  );
}

function wholeNumber(least: number, most: number): z.ZodType<number> {
  const allowed = `a whole number from ${least} to ${most}`;
  return z.int(expected(allowed)).min(least, allowed).max(most, allowed);
}

function time(longest: string): z.ZodType<number, string> {
  return z.string(expected('a duration such as "5m", "1h" or "1d"')).pipe(duration(longest));
}

/** The same message for a missing value and one of another type. */
function expected(allowed: string): { readonly error: string } {
  return { error: allowed };
}
