/**
 * Text that is Unicode. JSON can spell half of a surrogate pair (`"\ud800"`), which no encoder, database or address
 * takes: such text is refused where it comes in.
 */

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
