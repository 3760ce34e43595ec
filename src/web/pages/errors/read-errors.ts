/** Reads everything that the page of errors shows; what does not answer in time is left out. */
import type { FoundLogRow, LogDayCount, LogFilter } from '../../../domain/logs/log-questions.ts';
import { MICROS_PER_DAY } from '../../../domain/utc-time.ts';
import { type Part, valueOf } from '../../part.ts';
import { type ErrorKind, kindsRequest } from './error-kinds.ts';
import { type ErrorsParameters, type ErrorsQuery, errorsQuery } from './errors-parameters.ts';
import type { ErrorsSource } from './errors-source.ts';

/** Of the headline. */
const RECENT_DAYS = 3;
export const ROWS_PER_PAGE = 25;
const SHOWN_CHARACTERS = 4_000;
/** The newest row is looked for so far back. */
const LOOK_BACK_DAYS = 365;

export interface ErrorsReading {
  readonly query: ErrorsQuery;
  readonly now: number;
  readonly counts: Part<readonly LogDayCount[]>;
  readonly recent: Part<readonly LogDayCount[]>;
  readonly kinds: Part<readonly ErrorKind[]>;
  /** The kind that was asked for. */
  readonly kind: ErrorKind | undefined;
  /** One more than a page, if there are more. */
  readonly rows: Part<readonly FoundLogRow[]>;
  /** The newest row before the range; read only if the range has none. */
  readonly newest: Part<number | undefined> | undefined;
}

export async function readErrors(
  source: ErrorsSource,
  parameters: ErrorsParameters,
  { now, signal }: { readonly now: number; readonly signal: AbortSignal },
): Promise<ErrorsReading> {
  const query = errorsQuery(parameters, now);
  const { filter, isCurrent } = query;
  const { from, to } = filter.range;
  const recentRange = isCurrent ? { from: to - RECENT_DAYS * MICROS_PER_DAY, to } : { from, to };
  const [counts, recent, kinds] = await Promise.all([
    source.countByDay(filter, signal),
    source.countByDay({ ...filter, range: recentRange }, signal),
    source.kinds(kindsRequest(filter), signal),
  ]);
  const kind = valueOf(kinds)?.find(({ id }) => id === parameters.group);
  const offset = (parameters.page - 1) * ROWS_PER_PAGE;
  const paging = { offset, limit: ROWS_PER_PAGE + 1, characters: SHOWN_CHARACTERS, signal };
  const rows = await readSelectedRows(source, { filter, group: parameters.group }, paging);
  const isEmpty = valueOf(counts)?.length === 0;
  const before = { ...filter, range: { from: from - LOOK_BACK_DAYS * MICROS_PER_DAY, to: from } };
  const newest = isEmpty ? await source.newest(before, signal) : undefined;
  return { query, now, counts, recent, kinds, kind, rows, newest };
}

export interface Selection {
  readonly filter: LogFilter;
  /** Of one kind of message. */
  readonly group: string | undefined;
}

interface Paging {
  readonly offset: number;
  readonly limit: number;
  readonly characters: number;
  readonly signal: AbortSignal;
}

/** None of a kind that the selection does not have. */
export async function readSelectedRows(
  source: ErrorsSource,
  { filter, group }: Selection,
  { signal, ...paging }: Paging,
): Promise<Part<readonly FoundLogRow[]>> {
  if (group === undefined) return source.rows({ filter, ...paging }, signal);
  const kinds = await source.kinds(kindsRequest(filter), signal);
  if (kinds.kind === 'unread') return kinds;
  const kind = kinds.value.find(({ id }) => id === group);
  if (kind === undefined) return { kind: 'read', value: [], at: kinds.at };
  const messages = { exceptionType: kind.exceptionType, keys: kind.keys };
  return source.rows({ filter, messages, ...paging }, signal);
}
