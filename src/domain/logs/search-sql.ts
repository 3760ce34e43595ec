/** Queries of the search in the logs, for each warehouse. Everything that comes from people is a parameter. */
import { errorCategorySql, type SqlDialect } from '../error-category-sql.ts';
import { criticalErrorSql, warningRowSql } from '../error-category-counters-sql.ts';
import { MICROS_PER_DAY } from '../utc-time.ts';
import {
  COMPARED_CHARACTERS,
  LOG_TEXT_COLUMNS,
  type LogFilter,
  type LogRowsRequest,
  type MessagesRequest,
  MOST_EXPERIMENTS,
} from './log-questions.ts';

export interface SearchQuery {
  readonly sql: string;
  /** `@p0`, `@p1` … or `$1`, `$2` …, in this order. */
  readonly parameters: readonly string[];
}

export interface SearchedTable {
  readonly dialect: SqlDialect;
  /** What follows FROM, with the alias `logs`. */
  readonly from: string;
}

/** What differs between the warehouses. Texts come back as text, so that both are read alike. */
interface Dialect {
  readonly text: string;
  readonly micros: string;
  readonly day: string;
  readonly parameter: (index: number) => string;
  readonly within: (from: number, to: number) => string;
  readonly replaceAll: (text: string, pattern: string, by: string) => string;
  readonly fingerprint: (text: string) => string;
  readonly among: (text: string, list: string) => string;
  readonly distinct: (column: string, most: number) => string;
}

const DIALECTS: Readonly<Record<SqlDialect, Dialect>> = {
  bigquery: {
    text: 'STRING',
    micros: 'UNIX_MICROS(logs.timestamp)',
    day: `DIV(UNIX_MICROS(logs.timestamp), ${MICROS_PER_DAY})`,
    parameter: (index) => `@p${index}`,
    within: (from, to) => `(logs.timestamp >= TIMESTAMP_MICROS(${from}) AND logs.timestamp < TIMESTAMP_MICROS(${to}))`,
    replaceAll: (text, pattern, by) => `REGEXP_REPLACE(${text}, r'${pattern}', '${by}')`,
    fingerprint: (text) => `TO_HEX(MD5(${text}))`,
    among: (text, list) => `${text} IN UNNEST(JSON_VALUE_ARRAY(${list}))`,
    distinct: (column, most) => `TO_JSON_STRING(ARRAY_AGG(DISTINCT ${column} IGNORE NULLS LIMIT ${most}))`,
  },
  duckdb: {
    text: 'VARCHAR',
    micros: 'epoch_us(logs.timestamp)',
    day: `epoch_us(logs.timestamp) // ${MICROS_PER_DAY}`,
    parameter: (index) => `$${index + 1}`,
    within: (from, to) => `(epoch_us(logs.timestamp) >= ${from} AND epoch_us(logs.timestamp) < ${to})`,
    replaceAll: (text, pattern, by) => `regexp_replace(${text}, '${pattern}', '${by}', 'g')`,
    fingerprint: (text) => `md5(${text})`,
    among: (text, list) => `${text} IN (SELECT unnest(from_json(${list}, '["VARCHAR"]')))`,
    distinct: (column, most) =>
      `CAST(to_json(list_slice(list(DISTINCT ${column}) FILTER (WHERE ${column} IS NOT NULL), 1, ${most})) AS VARCHAR)`,
  },
};

/** Day (as a number since 1970), category, rows, critical ones, warnings. */
export function countByDaySql(table: SearchedTable, filter: LogFilter): SearchQuery {
  const build = new Builder(table);
  const { day, text } = build.dialect;
  const cells = [
    day,
    errorCategorySql(table.dialect),
    'COUNT(*)',
    `COUNTIF(${criticalErrorSql()})`,
    `COUNTIF(${warningRowSql()})`,
  ].map((cell) => `CAST(${cell} AS ${text})`);
  return build.query(`SELECT ${named(cells)} FROM ${table.from} WHERE ${build.conditions(filter)} GROUP BY 1, 2`);
}

/** Exception type, key, `experiment`-newline-`message`, rows, critical ones, experiments, first, last, rows of each day. */
export function messagesSql(table: SearchedTable, request: MessagesRequest): SearchQuery {
  const build = new Builder(table);
  const { dialect } = build;
  const { range } = request.filter;
  const isInRange = dialect.within(whole(range.from), whole(range.to));
  const days = request.days.map((day) => `COUNTIF(${dialect.within(whole(day), whole(day + MICROS_PER_DAY))})`);
  const seen = { ...request.filter, range: { from: Math.min(request.seenSince, range.from), to: range.to } };
  // Equal messages first, because the pattern costs the most.
  const equal = `SELECT logs.experiment, logs.exception_type, logs.log_level,
      LEFT(COALESCE(logs.message, ''), ${COMPARED_CHARACTERS}) AS message, COUNTIF(${isInRange}) AS in_range,
      MIN(${dialect.micros}) AS first_at, MAX(${dialect.micros}) AS last_at${asColumns(days)}
    FROM ${table.from} WHERE ${build.conditions(seen)} GROUP BY 1, 2, 3, 4`;
  const keyed = `SELECT logs.*, ${keySql(dialect)} AS message_key, ${criticalErrorSql()} AS is_critical
    FROM (${equal}) AS logs`;
  const cells = [
    'exception_type',
    dialect.fingerprint('message_key'),
    `MIN(CONCAT(COALESCE(experiment, ''), CHR(10), message))`,
    'SUM(in_range)',
    'COALESCE(SUM(CASE WHEN is_critical THEN in_range END), 0)',
    dialect.distinct('CASE WHEN in_range > 0 THEN experiment END', MOST_EXPERIMENTS),
    'MIN(first_at)',
    'MAX(last_at)',
    ...days.map((_, index) => `SUM(day_${index})`),
  ].map((cell) => `CAST(${cell} AS ${dialect.text})`);
  return build.query(`SELECT ${named(cells)} FROM (${keyed}) AS found
    GROUP BY exception_type, message_key HAVING SUM(in_range) > 0 ORDER BY SUM(in_range) DESC, 2
    LIMIT ${whole(request.most)}`);
}

/** Fingerprint, time, category, whether critical, whether a warning, then the columns. */
export function logRowsSql(table: SearchedTable, request: LogRowsRequest): SearchQuery {
  const build = new Builder(table);
  const { dialect } = build;
  const parts = LOG_TEXT_COLUMNS.map((column) => `COALESCE(CONCAT('+', logs.${column}), '-')`);
  const fingerprint = dialect.fingerprint(`CONCAT(${parts.join(', CHR(10), ')})`);
  const cells = [
    fingerprint,
    dialect.micros,
    errorCategorySql(table.dialect),
    `CASE WHEN ${criticalErrorSql()} THEN 1 ELSE 0 END`,
    `CASE WHEN ${warningRowSql()} THEN 1 ELSE 0 END`,
    ...LOG_TEXT_COLUMNS.map((column) => `LEFT(logs.${column}, ${whole(request.characters)})`),
  ].map((cell) => `CAST(${cell} AS ${dialect.text})`);
  const conditions = [build.conditions(request.filter)];
  const { messages } = request;
  if (messages !== undefined) {
    conditions.push(build.equals('exception_type', messages.exceptionType));
    const key = dialect.fingerprint(keySql(dialect));
    conditions.push(dialect.among(key, build.parameter(JSON.stringify(messages.keys))));
  }
  if (request.fingerprint !== undefined) conditions.push(`${fingerprint} = ${build.parameter(request.fingerprint)}`);
  const order = `ORDER BY logs.timestamp DESC, ${LOG_TEXT_COLUMNS.map((column) => `logs.${column}`).join(', ')}`;
  // Everything else is worked out for the rows of the page alone.
  const page = `SELECT logs.* FROM ${table.from} WHERE ${conditions.join(' AND ')}
    ${order} LIMIT ${whole(request.limit)} OFFSET ${whole(request.offset)}`;
  return build.query(`SELECT ${named(cells)} FROM (${page}) AS logs ${order}`);
}

export function newestSql(table: SearchedTable, filter: LogFilter): SearchQuery {
  const build = new Builder(table);
  const { text, micros } = build.dialect;
  return build.query(
    `SELECT CAST(MAX(${micros}) AS ${text}) AS c0 FROM ${table.from} WHERE ${build.conditions(filter)}`,
  );
}

/** Numbers, and names of three parts or more, such as tables and slugs. */
const VARYING = '[A-Za-z0-9]+(?:[_-][A-Za-z0-9]+){2,}|[0-9]+';

function keySql(dialect: Dialect): string {
  const message = `LEFT(COALESCE(logs.message, ''), ${COMPARED_CHARACTERS})`;
  const known = `CASE WHEN logs.experiment <> '' THEN REPLACE(${message}, logs.experiment, '0') ELSE ${message} END`;
  // NULL is no experiment.
  return dialect.replaceAll(`COALESCE(${known}, ${message})`, VARYING, '0');
}

class Builder {
  readonly dialect: Dialect;
  readonly #table: SearchedTable;
  readonly #parameters: string[] = [];

  constructor(table: SearchedTable) {
    this.#table = table;
    this.dialect = DIALECTS[table.dialect];
  }

  query(sql: string): SearchQuery {
    return { sql, parameters: this.#parameters };
  }

  parameter(text: string): string {
    this.#parameters.push(text);
    return this.dialect.parameter(this.#parameters.length - 1);
  }

  equals(column: string, value: string | null): string {
    return value === null ? `logs.${column} IS NULL` : `logs.${column} = ${this.parameter(value)}`;
  }

  conditions({ range, category, level, words = [], ...filter }: LogFilter): string {
    const conditions = [this.dialect.within(whole(range.from), whole(range.to))];
    if (category !== undefined) {
      conditions.push(`(${errorCategorySql(this.#table.dialect)}) = ${this.parameter(category)}`);
    }
    for (const [column, value] of Object.entries({ log_level: level, ...filter })) {
      if (value !== undefined) conditions.push(this.equals(column, value));
    }
    for (const word of words) conditions.push(`STRPOS(${SEARCHED}, LOWER(${this.parameter(word)})) > 0`);
    return conditions.join(' AND ');
  }
}

const SEARCHED_COLUMNS = ['message', 'exception_type', 'exception', 'experiment', 'metric'];
const SEARCHED = `LOWER(CONCAT(${SEARCHED_COLUMNS.map((column) => `COALESCE(logs.${column}, '')`).join(', CHR(10), ')}))`;

function asColumns(days: readonly string[]): string {
  return days.map((day, index) => `, ${day} AS day_${index}`).join('');
}

function named(cells: readonly string[]): string {
  return cells.map((cell, index) => `${cell} AS c${index}`).join(', ');
}

function whole(number: number): number {
  if (!Number.isSafeInteger(number)) throw new RangeError(`${number} is not a whole number.`);
  return number;
}
