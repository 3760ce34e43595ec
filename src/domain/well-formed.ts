/**
 * Lone surrogates. JSON can contain one (`"\ud800"`), but no encoder, database or URL accepts it. Input with one is
 * refused; in our own records it is replaced.
 */
import type { JsonValue } from './json-value.ts';

/** Whether all texts and keys of a JSON value, at any depth, are well-formed Unicode. */
export function isWellFormedJson(value: unknown): boolean {
  const open: unknown[] = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next === 'string') {
      if (!next.isWellFormed()) return false;
    } else if (typeof next === 'object' && next !== null) {
      // Not spread, because a list may be longer than the number of arguments a call can take.
      for (const [key, entry] of Object.entries(next)) open.push(key, entry);
    }
  }
  return true;
}

/** Replaces every lone surrogate, also in keys, by U+FFFD. */
export function wellFormed(value: JsonValue): JsonValue {
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((element: JsonValue) => wellFormed(element));
  return wellFormedRow(value as Readonly<Record<string, JsonValue>>);
}

/** The same for a row. */
export function wellFormedRow(row: Readonly<Record<string, JsonValue>>): Record<string, JsonValue> {
  return Object.fromEntries(Object.entries(row).map(([key, value]) => [key.toWellFormed(), wellFormed(value)]));
}
