/** The view `jetstream_analysis_errors`: the log table with each row's category, generated from the rules. */
import { CATEGORY_RULES, type RowCondition } from './error-category.ts';

export const ERRORS_VIEW = 'jetstream_analysis_errors';

export type SqlDialect = 'bigquery' | 'duckdb';

/** The SQL expression for a row's category. The log table must have the name or alias `logs`. */
export function errorCategorySql(dialect: SqlDialect): string {
  const branches = CATEGORY_RULES.map(
    (rule) => `    WHEN ${conditionSql(rule.when, dialect)} THEN ${literal(rule.category, dialect)}`,
  );
  return ['CASE', ...branches, `    ELSE ${literal('uncategorized', dialect)}`, '  END'].join('\n');
}

/** The view's query. Quote the log table for the dialect: `` `p.monitoring.logs` `` or `"monitoring"."logs"`. */
export function errorsViewQuery(dialect: SqlDialect, logsTable: string): string {
  return `SELECT\n  logs.*,\n  ${errorCategorySql(dialect)} AS error_category\nFROM ${logsTable} AS logs`;
}

function conditionSql(condition: RowCondition, dialect: SqlDialect): string {
  switch (condition.kind) {
    case 'all':
      return joined(condition.of, 'AND', dialect);
    case 'any':
      return joined(condition.of, 'OR', dialect);
    case 'isNull':
      return `logs.${condition.column} IS NULL`;
    case 'isOneOf': {
      const values = condition.values.map((value) => literal(value, dialect));
      return `logs.${condition.column} IN (${values.join(', ')})`;
    }
    case 'contains':
      return containsSql(`logs.${condition.column}`, condition.text, dialect);
    case 'beginsThenContains': {
      const column = `logs.${condition.column}`;
      // Length in characters; the rules are ASCII, so both dialects agree.
      const rest = `substr(${column}, ${condition.start.length + 1})`;
      const begins = `starts_with(${column}, ${literal(condition.start, dialect)})`;
      return `(${begins} AND ${containsSql(rest, condition.later, dialect)})`;
    }
  }
}

/** `strpos`, because LIKE reads `_` and `%` as wildcards. */
function containsSql(expression: string, text: string, dialect: SqlDialect): string {
  return `strpos(${expression}, ${literal(text, dialect)}) > 0`;
}

function joined(conditions: readonly RowCondition[], word: 'AND' | 'OR', dialect: SqlDialect): string {
  return `(${conditions.map((condition) => conditionSql(condition, dialect)).join(` ${word} `)})`;
}

function literal(text: string, dialect: SqlDialect): string {
  if (dialect === 'duckdb') return `'${text.replaceAll("'", "''")}'`;
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
