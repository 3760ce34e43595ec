/** Kinds of messages: those with the same exception type and shape. */
import { createHash } from 'node:crypto';
import { groupBy } from '../../../domain/group-by.ts';
import type { LogFilter, MessageCount, MessagesRequest } from '../../../domain/logs/log-questions.ts';
import { messageShape } from '../../../domain/message-shape.ts';
import { floorTo, MICROS_PER_DAY, MICROS_PER_MS, MS_PER_DAY } from '../../../domain/utc-time.ts';

export interface ErrorKind {
  /** Made of type and shape, so that links last. */
  readonly id: string;
  readonly exceptionType: string | null;
  readonly shape: string;
  /** One of the messages. */
  readonly example: string;
  readonly rows: number;
  readonly critical: number;
  readonly experiments: readonly string[];
  /** Microseconds since 1970; the first within the look-back of `kindsRequest`. */
  readonly first: number;
  readonly last: number;
  /** Rows of each day of the strip, oldest first. */
  readonly days: readonly number[];
  /** For finding its rows. */
  readonly keys: readonly string[];
}

const STRIP_DAYS = 14;
/** How far back the first row is looked for. */
const SEEN_DAYS = 30;
const MOST_MESSAGES = 2_000;

/** The request for the kinds of a selection: rows by day of the two weeks before its end, first rows of the month before. */
export function kindsRequest(filter: LogFilter): MessagesRequest {
  const { to } = filter.range;
  const lastDay = floorTo(to - 1, MICROS_PER_DAY);
  const days = Array.from({ length: STRIP_DAYS }, (_, index) => lastDay - (STRIP_DAYS - 1 - index) * MICROS_PER_DAY);
  return { filter, seenSince: to - SEEN_DAYS * MICROS_PER_DAY, days, most: MOST_MESSAGES };
}

/** Kinds with critical rows first, then by rows. */
export function errorKinds(messages: readonly MessageCount[]): ErrorKind[] {
  const shaped = messages.map((message) => {
    const { experiment, exceptionType } = message;
    const shape = messageShape(message.message, experiment === null ? [] : [experiment]);
    return { message, shape, id: kindId(exceptionType, shape) };
  });
  return [...groupBy(shaped, ({ id }) => id)]
    .flatMap(([id, [first, ...others]]) =>
      first === undefined
        ? []
        : kindOf(
            id,
            first.shape,
            [first, ...others].map(({ message }) => message),
          ),
    )
    .toSorted((a, b) => Number(b.critical > 0) - Number(a.critical > 0) || b.rows - a.rows || (a.id < b.id ? -1 : 1));
}

/** Whether it was first seen within the last day. */
export function isNewKind({ first }: Pick<ErrorKind, 'first'>, now: number): boolean {
  return first >= (now - MS_PER_DAY) * MICROS_PER_MS;
}

function kindOf(id: string, shape: string, messages: readonly MessageCount[]): ErrorKind[] {
  const [most] = messages;
  if (most === undefined) return [];
  const sum = (of: (message: MessageCount) => number): number =>
    messages.reduce((total, message) => total + of(message), 0);
  return [
    {
      id,
      exceptionType: most.exceptionType,
      shape,
      example: most.message,
      rows: sum(({ rows }) => rows),
      critical: sum(({ critical }) => critical),
      experiments: [...new Set(messages.flatMap(({ experiments }) => experiments))].toSorted(),
      first: messages.reduce((first, message) => Math.min(first, message.first), most.first),
      last: messages.reduce((last, message) => Math.max(last, message.last), most.last),
      days: most.days.map((_, index) => sum(({ days }) => days[index] ?? 0)),
      keys: messages.map(({ key }) => key),
    },
  ];
}

function kindId(exceptionType: string | null, shape: string): string {
  return createHash('sha256')
    .update(JSON.stringify([exceptionType, shape]))
    .digest('hex')
    .slice(0, 16);
}
