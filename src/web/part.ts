/** A part of a page that comes from a source of its own, so that a source that fails or is slow costs only this part. */

export type Part<Value> = ReadPart<Value> | UnreadPart;

export interface ReadPart<Value> {
  readonly kind: 'read';
  readonly value: Value;
  /** When it was read, milliseconds since 1970. */
  readonly at: number;
  /** Why it is not newer, if the source did not answer again: a sentence. */
  readonly trouble?: string;
}

export interface UnreadPart {
  readonly kind: 'unread';
  /** A sentence. */
  readonly problem: string;
}

/** The value of a part that could be read. */
export function valueOf<Value>(part: Part<Value>): Value | undefined {
  return part.kind === 'read' ? part.value : undefined;
}
