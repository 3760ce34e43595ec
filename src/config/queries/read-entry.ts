/** One entry of the file as the queries that it makes. */
import type { z } from 'zod';
import type { SqlDialect } from '../../domain/error-category-sql.ts';
import { errorText } from '../../domain/errors.ts';
import { didYouMean } from '../../domain/nearest-name.ts';
import type { QueryExport } from '../../domain/query-export/query-export.ts';
import { readSql, type SqlText } from '../../domain/query-export/sql-text.ts';
import { quote } from '../../domain/slug.ts';
import { printableJson } from '../../domain/terminal-text.ts';
import { checkEntry } from './check-entry.ts';
import { checkNames, checkWrittenNames, isReadByContrail, namesFor } from './check-names.ts';
import { checkParameters, checkSql } from './check-sql.ts';
import { type FieldProblem, FIELDS, QueryEntry } from './entry-schema.ts';
import { queryOf } from './make-query.ts';

export interface EntryRequest {
  readonly entry: unknown;
  /** Place in the file, from 0. */
  readonly index: number;
  readonly dialect: SqlDialect;
  /** The text of a file beside that of the queries. Throws an Error whose message is the reason. */
  readonly readSqlFile: (name: string) => string;
}

export interface EntryResult {
  readonly queries: readonly QueryExport[];
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

export function readEntry({ entry: written, index, dialect, readSqlFile }: EntryRequest): EntryResult {
  const title = titleOf(written, index);
  const told = (problems: readonly FieldProblem[]): string[] => [
    ...new Set(problems.map(({ field, text }) => `${title}, \`${field}\`: ${text}`)),
  ];
  const { entry, wrong, problems: fieldProblems } = parseEntry(written);
  if (entry === undefined) return { queries: [], problems: told(fieldProblems), warnings: [] };
  const text = sqlOf(entry, dialect, readSqlFile);
  const names = (entry.foreach.length === 0 ? [undefined] : entry.foreach).map((item) => namesFor(entry, item));
  const together = [
    ...checkEntry(entry),
    ...checkWrittenNames(entry),
    ...names.flatMap((each) => checkNames(each, entry.scope)),
    ...text.problems,
    ...(text.isUnknown || wrong.has('sql') ? [] : checkParameters(entry, text.sql?.parameters ?? [])),
  ];
  const problems = [...fieldProblems, ...together.filter(({ field }) => !wrong.has(rootOf(field)))];
  if (problems.length > 0) return { queries: [], problems: told(problems), warnings: [] };
  if (text.isUnknown) return { queries: [], problems: [], warnings: told(text.warnings) };
  const queries = names.map((each) => queryOf(entry, each, text.sql?.statement));
  return { queries, problems: [], warnings: told(warningsOf(entry, queries, text.sql)) };
}

interface ParsedEntry {
  /** Without the fields that are wrong, so that the others can be checked too. */
  readonly entry: QueryEntry | undefined;
  readonly wrong: ReadonlySet<string>;
  readonly problems: readonly FieldProblem[];
}

/** What stands for fields that every entry must have. */
const STAND_IN = { name: 'x', object: 'x/x' };

function parseEntry(written: unknown): ParsedEntry {
  const parsed = QueryEntry.safeParse(written);
  if (parsed.success) return { entry: parsed.data, wrong: new Set(), problems: [] };
  const { issues } = parsed.error;
  const problems = issues.flatMap((issue) => issueProblems(issue, written));
  const wrong = new Set(issues.map((issue) => String(issue.path[0] ?? '')));
  const fields = typeof written === 'object' && written !== null ? Object.entries(written) : [];
  const right = Object.fromEntries(fields.filter(([key]) => FIELDS.includes(key) && !wrong.has(key)));
  return { entry: QueryEntry.safeParse({ ...STAND_IN, ...right }).data, wrong, problems };
}

/** `step` of `step.column`. */
function rootOf(field: string): string {
  return field.split(/[.[]/)[0] ?? field;
}

interface EntrySql {
  readonly sql?: SqlText;
  readonly problems: readonly FieldProblem[];
  readonly warnings: readonly FieldProblem[];
  /** Whether its file cannot be read. A query that is not enabled is then left out. */
  readonly isUnknown: boolean;
}

function sqlOf(entry: QueryEntry, dialect: SqlDialect, readSqlFile: (name: string) => string): EntrySql {
  const field = entry.sqlFile === undefined ? 'sql' : 'sqlFile';
  const nothing = { problems: [], warnings: [], isUnknown: false };
  try {
    const text = entry.sqlFile === undefined ? entry.sql : readSqlFile(checkedFile(entry.sqlFile));
    if (text === undefined) return nothing;
    const sql = readSql(text, dialect);
    return { ...nothing, sql, problems: checkSql(field, sql, entry) };
  } catch (error) {
    const problem = {
      field,
      text: `${entry.sqlFile} cannot be used: ${errorText(error)}. It must lie beside this file.`,
    };
    return entry.enabled
      ? { ...nothing, problems: [problem], isUnknown: true }
      : { ...nothing, warnings: [problem], isUnknown: true };
  }
}

function checkedFile(name: string): string {
  const isBeside = /^[\w-][\w .-]*(?:\/[\w-][\w .-]*)*$/.test(name);
  if (!isBeside) throw new Error('it is not a plain file name');
  return name;
}

function warningsOf(entry: QueryEntry, queries: readonly QueryExport[], sql: SqlText | undefined): FieldProblem[] {
  const warnings: FieldProblem[] = [];
  const read =
    entry.enabled && queries.some(({ object, latest }) => isReadByContrail(object) || isReadByContrail(latest ?? ''));
  if (read) {
    const text = 'Contrail reads the files of enrollment_counts/; make sure that nothing else writes them.';
    warnings.push({ field: 'object', text });
  }
  if (entry.scope === 'experiment' && sql !== undefined && !sql.parameters.includes('experiment')) {
    warnings.push({
      field: 'scope',
      text: 'The query does not use @experiment, so all experiments get the same rows.',
    });
  }
  return warnings;
}

/** `query live_x`, or `query 3` if it has no name. */
function titleOf(written: unknown, index: number): string {
  const name = typeof written === 'object' && written !== null && 'name' in written ? written.name : undefined;
  return typeof name === 'string' && name !== '' ? `query ${quote(name).slice(1, -1)}` : `query ${index + 1}`;
}

function issueProblems(issue: z.core.$ZodIssue, written: unknown): FieldProblem[] {
  const field = issue.path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
    .join('')
    .slice(1);
  if (issue.code === 'unrecognized_keys') {
    const prefix = field === '' ? '' : `${field}.`;
    return issue.keys.map((key) => {
      const known = field === '' ? FIELDS : [];
      return {
        field: quote(`${prefix}${key}`).slice(1, -1),
        text: `There is no such field. ${didYouMean(key, known)}`.trimEnd(),
      };
    });
  }
  const value = valueAt(written, issue.path);
  const found = value === undefined ? 'It is missing' : `It has the invalid value ${shown(value)}`;
  return [
    { field: field === '' ? 'query' : field, text: `${found}; expected ${issue.message.replace(/\.\s*$/, '')}.` },
  ];
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((at, step) => {
    if (typeof at !== 'object' || at === null) return undefined;
    return Object.entries(at).find(([key]) => key === String(step))?.[1] as unknown;
  }, value);
}

const LONGEST_SHOWN = 100;

function shown(value: unknown): string {
  if (typeof value === 'string') return `\`${quote(value).slice(1, -1)}\``;
  return `\`${printableJson(JSON.stringify(value) ?? String(value)).slice(0, LONGEST_SHOWN)}\``;
}
