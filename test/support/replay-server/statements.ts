/** The few shapes of SQL that the server understands, recognised by their clauses; it does not parse SQL. */

export interface OrderKey {
  readonly column: string;
  readonly descending: boolean;
}

export interface SelectedItem {
  /** The column, or `*`, or an expression such as `COUNT(*)`. */
  readonly expression: string;
  readonly name: string;
}

export interface Statement {
  readonly sql: string;
  readonly isDistinct: boolean;
  readonly items: readonly SelectedItem[];
  /** The path in FROM: `project.dataset.table`, `dataset.table`, or `table`. */
  readonly path: readonly string[];
  /** The condition after WHERE, empty without. */
  readonly where: string;
  readonly groupBy: readonly string[];
  readonly orderBy: readonly OrderKey[];
  readonly limit: number | undefined;
}

const SHAPE =
  /^\s*SELECT\s+(DISTINCT\s+)?(.+?)\s+FROM\s+((?:`[^`]+`|[\w$*-]+)(?:\.(?:`[^`]+`|[\w$*-]+))*)(?:\s+(?:AS\s+)?(?!WHERE|GROUP|ORDER|LIMIT)\w+)?(?:\s+WHERE\s+(.+?))?(?:\s+GROUP\s+BY\s+(.+?))?(?:\s+ORDER\s+BY\s+(.+?))?(?:\s+LIMIT\s+(\d+))?\s*;?\s*$/i;

/** The clauses of a SELECT over one table; undefined for anything else. */
export function recognise(sql: string): Statement | undefined {
  const match = SHAPE.exec(sql.replaceAll(/\s+/g, ' '));
  if (match === null) return undefined;
  const [, distinct, items = '', path = '', where = '', groupBy = '', orderBy = '', limit] = match;
  return {
    sql,
    isDistinct: distinct !== undefined,
    items: listOf(items).map(itemOf),
    path: path.replaceAll('`', '').split('.'),
    where,
    groupBy: listOf(groupBy).map(bare),
    orderBy: listOf(orderBy).map(orderKey),
    limit: limit === undefined ? undefined : Number(limit),
  };
}

/** Splits at the commas outside of parentheses. */
function listOf(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '(') depth += 1;
    if (text[at] === ')') depth -= 1;
    if (text[at] === ',' && depth === 0) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return [...parts, text.slice(start)].map((part) => part.trim()).filter((part) => part !== '');
}

function itemOf(text: string, index: number): SelectedItem {
  const [, expression = text, alias] = /^(.+?)\s+(?:AS\s+)?(`?\w+`?)$/i.exec(text) ?? [];
  const plain = bare(expression);
  const unnamed = /^\w+$/.test(plain) ? plain : `f${index}_`;
  return { expression: plain, name: alias === undefined ? unnamed : bare(alias) };
}

/** A column, `IF(condition, NULL, column)`, or `SAFE_CAST(column AS type)`: what is sorted by is the column. */
function orderKey(text: string): OrderKey {
  const term = text.replace(/\s+(ASC|DESC)?(\s*NULLS\s+\w+)?$/i, '');
  const [, guarded, cast] = /^IF\(.+,\s*NULL,\s*([^,]+)\)$|^SAFE_CAST\((\S+) AS \w+\)$/i.exec(term) ?? [];
  return { column: bare(guarded ?? cast ?? term), descending: /\sDESC\b/i.test(text) };
}

function bare(name: string): string {
  return name.replaceAll('`', '').trim();
}
