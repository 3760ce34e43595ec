/** Readings of sources: a source that cannot be read does not stop the others. */
import type { Reading } from '../../alerts/inputs.ts';
import { toContrailError } from '../../domain/errors.ts';

/** What `read` gives, as of `at`; missing if it throws. Throws on abort. */
export async function reading<Value>(
  signal: AbortSignal,
  at: number,
  read: () => Promise<Value>,
): Promise<Reading<Value>> {
  try {
    return { kind: 'read', value: await read(), at };
  } catch (error) {
    signal.throwIfAborted();
    return { kind: 'missing', reason: toContrailError(error).message };
  }
}

export function withUnread<Value>(of: Reading<Value>, unread: ReadonlySet<string>): Reading<Value> {
  return of.kind === 'read' && unread.size > 0 ? { ...of, unread } : of;
}

export function mapped<Value, Result>(of: Reading<Value>, map: (value: Value) => Result): Reading<Result> {
  return of.kind === 'read' ? { ...of, value: map(of.value) } : of;
}
