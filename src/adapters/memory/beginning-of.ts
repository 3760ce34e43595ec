/** A value of a row; a text is cut to the characters that are allowed, as warehouses count them. */
import type { JsonValue } from '../../domain/json-value.ts';
import type { RowLimits } from '../../domain/row-limits.ts';

export function beginningOf(value: JsonValue, limits: RowLimits | undefined): JsonValue {
  if (typeof value !== 'string' || limits === undefined || value.length <= limits.characters) return value;
  return Array.from(value).slice(0, limits.characters).join('');
}
