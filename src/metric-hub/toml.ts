/**
 * TOML as maps that keep the order of their keys: metric names may be `2048` or `__proto__`, which a plain object moves
 * or loses. Parsed by toml-eslint-parser, whose syntax tree has both.
 */
import { type AST, ParseError, parseTOML } from 'toml-eslint-parser';
import { trimFirstLine } from './text.ts';

export type TomlTable = ReadonlyMap<string, TomlValue>;
export type TomlValue = string | number | bigint | boolean | TomlDate | readonly TomlValue[] | TomlTable;

/** A date or time that was written without quotes; its text is all that matters here. */
export interface TomlDate {
  readonly date: string;
}

type MutableTable = Map<string, TomlValue>;

/** Ten times the largest file of metric-hub. */
const MOST_CHARACTERS = 1_000_000;
const LONGEST_KEY = 500;

/** What is wrong with a TOML text, with the line. */
export class TomlError extends Error {
  override readonly name = 'TomlError';
}

/** Parses a text by TOML 1.0; every string has the first-line trim of the format. Throws a TomlError. */
export function parseToml(text: string): TomlTable {
  if (text.length > MOST_CHARACTERS) {
    throw new TomlError(`it has ${text.length} characters; at most ${MOST_CHARACTERS} are read`);
  }
  try {
    return tableOf(text);
  } catch (error) {
    // Of the stack: the parser and `valueOf` call themselves for every level, and the parser spreads the letters of a text.
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

/** Whether a value is a table. */
export function isTable(value: TomlValue | undefined): value is TomlTable {
  return value instanceof Map;
}

/** Whether a value is an array. */
export function isArray(value: TomlValue | undefined): value is readonly TomlValue[] {
  return Array.isArray(value);
}

/** The text of a single value: dates as they were written, booleans as Python's `str` has them. Undefined for the rest. */
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

/** The table under these keys, made where it is missing. A number is a place in an array of tables. */
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
