/**
 * Text that is Unicode. JSON can spell half of a surrogate pair (`"\ud800"`), which no encoder, database or address
 * takes. From outside it is refused where it comes in; in records of ours it is replaced.
 */
import type { JsonValue } from './json-value.ts';

/** Whether all texts and keys of a JSON value, however deep, are Unicode. */
export function isWellFormedJson(value: unknown): boolean {
  const open: unknown[] = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next === 'string') {
      if (!next.isWellFormed()) return false;
    } else if (typeof next === 'object' && next !== null) {
      // Not spread: a list may be longer than a call has room for arguments.
      for (const [key, entry] of Object.entries(next)) open.push(key, entry);
    }
  }
  return true;
}

/** The value with every lone surrogate in it, in keys too, replaced by U+FFFD. */
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
