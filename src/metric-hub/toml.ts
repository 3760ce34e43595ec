/**
 * TOML as Maps that keep the order of keys. Metric names may be `2048` or `__proto__`, which plain objects reorder or
 * lose. toml-eslint-parser's syntax tree keeps both.
 */
import { type AST, ParseError, parseTOML } from 'toml-eslint-parser';
import { trimFirstLine } from './text.ts';

export type TomlTable = ReadonlyMap<string, TomlValue>;
export type TomlValue = string | number | bigint | boolean | TomlDate | readonly TomlValue[] | TomlTable;

/** An unquoted date or time; only its text matters. */
export interface TomlDate {
  readonly date: string;
}

type MutableTable = Map<string, TomlValue>;

/** Ten times the largest file of metric-hub. */
const MOST_CHARACTERS = 1_000_000;
const LONGEST_KEY = 500;

/** A TOML error, with the line. */
export class TomlError extends Error {
  override readonly name = 'TomlError';
}

/** Parses TOML 1.0 and trims the first line of every string, as the format requires. Throws TomlError. */
export function parseToml(text: string): TomlTable {
  if (text.length > MOST_CHARACTERS) {
    throw new TomlError(`it has ${text.length} characters; at most ${MOST_CHARACTERS} are read`);
  }
  try {
    return tableOf(text);
  } catch (error) {
    // RangeError of the stack: parser and `valueOf` recurse per level, and the parser spreads the letters of a text.
    if (error instanceof RangeError) throw new TomlError('its values are nested too deeply, or a text is too long');
    throw error;
  }
}

function tableOf(text: string): TomlTable {
  const root: MutableTable = new Map();
  for (const node of topLevelOf(text)) {
    if (node.type === 'TOMLKeyValue') setValue(root, node);
    else for (const entry of node.body) setValue(tableAt(root, node.resolvedKey), entry);
    if (node.type === 'TOMLTable' && node.body.length === 0) tableAt(root, node.resolvedKey);
  }
  return root;
}

export function isTable(value: TomlValue | undefined): value is TomlTable {
  return value instanceof Map;
}

export function isArray(value: TomlValue | undefined): value is readonly TomlValue[] {
  return Array.isArray(value);
}

/** A scalar as text: dates as written, booleans like Python's `str`. Undefined for other values. */
export function textOf(value: TomlValue): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  return 'date' in value ? value.date : undefined;
}

function topLevelOf(text: string): AST.TOMLTopLevelTable['body'] {
  try {
    return parseTOML(text, { tomlVersion: '1.0' }).body[0].body;
  } catch (error) {
    if (error instanceof ParseError) throw new TomlError(`line ${error.lineNumber}: ${error.message}`);
    throw error;
  }
}

/** The table at these keys, created if it is missing. A number is an index in an array of tables. */
function tableAt(root: MutableTable, keys: readonly (string | number)[]): MutableTable {
  let table = root;
  for (const [index, key] of keys.entries()) {
    if (typeof key === 'number') continue;
    if (key.length > LONGEST_KEY) throw longKey(key);
    const place = keys[index + 1];
    table = typeof place === 'number' ? elementAt(table, key, place) : childOf(table, key);
  }
  return table;
}

function childOf(table: MutableTable, key: string): MutableTable {
  const known = table.get(key);
  if (known instanceof Map) return known;
  const child: MutableTable = new Map();
  table.set(key, child);
  return child;
}

function elementAt(table: MutableTable, key: string, place: number): MutableTable {
  const known = table.get(key);
  const elements: TomlValue[] = Array.isArray(known) ? known : [];
  const element = elements[place];
  if (element instanceof Map) return element;
  const made: MutableTable = new Map();
  elements.push(made);
  table.set(key, elements);
  return made;
}

function longKey(key: string): TomlError {
  return new TomlError(
    `the key ${JSON.stringify(key.slice(0, 40))}… has ${key.length} characters; at most ${LONGEST_KEY} are read`,
  );
}

function setValue(table: MutableTable, { key, value }: AST.TOMLKeyValue): void {
  const names = key.keys.map((part) => (part.type === 'TOMLBare' ? part.name : part.value));
  const last = names.pop();
  if (last !== undefined && last.length > LONGEST_KEY) throw longKey(last);
  if (last !== undefined) tableAt(table, names).set(last, valueOf(value));
}

function valueOf(node: AST.TOMLContentNode): TomlValue {
  switch (node.type) {
    case 'TOMLArray':
      return node.elements.map(valueOf);
    case 'TOMLInlineTable': {
      const table: MutableTable = new Map();
      for (const entry of node.body) setValue(table, entry);
      return table;
    }
    case 'TOMLValue':
      return scalarOf(node);
  }
}

function scalarOf(node: AST.TOMLValue): TomlValue {
  switch (node.kind) {
    case 'string':
      return trimFirstLine(node.value);
    case 'boolean':
    case 'float':
      return node.value;
    case 'integer':
      return Number.isSafeInteger(node.value) ? node.value : node.bigint;
    case 'offset-date-time':
    case 'local-date-time':
    case 'local-date':
    case 'local-time':
      return { date: node.datetime };
  }
}
