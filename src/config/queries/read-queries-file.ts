/** The configured queries (`CONTRAIL_QUERIES`), checked as a whole: all problems of all entries are reported at once. */
import { readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { SqlDialect } from '../../domain/error-category-sql.ts';
import { ContrailError, errorText } from '../../domain/errors.ts';
import type { QueryExport } from '../../domain/query-export/query-export.ts';
import { checkTogether } from './check-together.ts';
import { type EntryResult, readEntry } from './read-entry.ts';
import { parseFile } from './parse-file.ts';

export interface QueriesFile {
  /** Also those that are not enabled. */
  readonly queries: readonly QueryExport[];
  /** Sentences about what may be a mistake. */
  readonly warnings: readonly string[];
}

const LARGEST_BYTES = 1_000_000;
const MOST_ENTRIES = 200;
const MOST_QUERIES = 1_000;

/** Reads the file. Throws one CONFIG_INVALID with every problem: entry, field, reason and remedy. */
export function readQueriesFile(path: string, dialect: SqlDialect): QueriesFile {
  const file = basename(path);
  const folder = dirname(path);
  const entries = entriesOf(path, file);
  const readSqlFile = (name: string): string => readText(join(folder, name));
  const results = entries.map((entry, index) => readEntry({ entry, index, dialect, readSqlFile }));
  const queries = results.flatMap((result) => result.queries);
  const problems = [...results.flatMap((result) => result.problems), ...tooMany(queries), ...checkTogether(queries)];
  if (problems.length > 0) throw invalid(problems.map((problem) => `${file}, ${problem}`).join('\n'));
  return {
    queries,
    warnings: results.flatMap((result: EntryResult) => result.warnings).map((text) => `${file}, ${text}`),
  };
}

function entriesOf(path: string, file: string): readonly unknown[] {
  const text = textOf(path);
  const value = parsed(file, text);
  const known = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  const entries: unknown = typeof value === 'object' && value !== null && 'query' in value ? value.query : undefined;
  const others = known.filter((key) => key !== 'query');
  if (others.length > 0 || !Array.isArray(entries)) {
    const found =
      others.length === 0 ? 'It has no queries' : `It has ${others.map((key) => JSON.stringify(key)).join(', ')}`;
    throw invalid(
      `${file}: ${found}; expected only a list with the name query: [[query]] in TOML, {"query": [ … ]} in JSON.`,
    );
  }
  if (entries.length > MOST_ENTRIES)
    throw invalid(`${file}: It has ${entries.length} queries; at most ${MOST_ENTRIES} are read.`);
  return entries;
}

function textOf(path: string): string {
  try {
    return readText(path);
  } catch (error) {
    throw invalid(
      `\`CONTRAIL_QUERIES\` names ${path}, which cannot be read: ${errorText(error)}. Correct the path, or unset it.`,
    );
  }
}

function parsed(file: string, text: string): unknown {
  try {
    return parseFile(file, text);
  } catch (error) {
    throw invalid(`${file} is not ${/\.json$/i.test(file) ? 'JSON' : 'TOML'}: ${errorText(error)}`);
  }
}

/** A text file of sane size. Throws an Error whose message is the reason. */
function readText(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) throw new Error('there is no such file');
  if (!stats.isFile()) throw new Error('it is not a file');
  if (stats.size > LARGEST_BYTES) throw new Error('it is larger than 1 MB');
  const text = readFileSync(path, 'utf8').replace(/^\ufeff/, '');
  if (text.includes('\0')) throw new Error('it is not a text file');
  return text;
}

function tooMany(queries: readonly QueryExport[]): string[] {
  if (queries.length <= MOST_QUERIES) return [];
  return [`foreach: together they make ${queries.length} queries; at most ${MOST_QUERIES} are run.`];
}

function invalid(message: string): ContrailError {
  return new ContrailError('CONFIG_INVALID', message, { hint: 'docs/queries.md describes all fields.' });
}
