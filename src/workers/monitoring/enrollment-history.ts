/** Totals of enrollments by day, from the dated files that another system writes beside the newest one. */
import type { DatedTotals } from '../../alerts/enrollment-trend.ts';
import { type ByteLimit, readWithin, TooLargeError } from '../../domain/byte-limit.ts';
import { errorText } from '../../domain/errors.ts';
import { parseDate } from '../../domain/utc-time.ts';
import type { Generation, ObjectStore, StoredObject } from '../../ports/object-store.ts';
import { readEnrollmentCounts } from './read-enrollment-counts.ts';

const PREFIX = 'enrollment_counts/enrollment_counts_';
const DATED = /^enrollment_counts\/enrollment_counts_(\d{4}-\d{2}-\d{2})\.json$/;
/** Four weeks of differences. */
const MOST_DAYS = 29;

export interface EnrollmentHistory {
  /** In order of the days. */
  readonly totals: readonly DatedTotals[];
  /** Files that cannot be read, with the reason. */
  readonly unreadable: readonly string[];
}

interface KeptDay {
  readonly generation: Generation;
  readonly totals: ReadonlyMap<string, readonly [enrolled: number, unenrolled: number]>;
  readonly problem: string | null;
}

/** Keeps the totals of the newest days: a file is read again only when it has another generation. */
export class KeptEnrollmentHistory {
  readonly #store: ObjectStore;
  readonly #limit: ByteLimit;
  #kept: ReadonlyMap<string, KeptDay> = new Map();

  constructor({ store, limit }: { readonly store: ObjectStore; readonly limit: ByteLimit }) {
    this.#store = store;
    this.#limit = limit;
  }

  /** The totals of one experiment. Throws if the store cannot be read. */
  async read(slug: string, signal: AbortSignal): Promise<EnrollmentHistory> {
    const kept = new Map<string, KeptDay>();
    for (const { day, object } of newestDays(await this.#store.list(PREFIX, signal))) {
      const known = this.#kept.get(day);
      kept.set(day, known?.generation === object.generation ? known : await this.#fetch(object, signal));
    }
    this.#kept = kept;
    const days = [...kept].toSorted(([a], [b]) => (a < b ? -1 : 1));
    return {
      totals: days.flatMap(([day, { totals }]) => {
        const [enrolled, unenrolled] = totals.get(slug) ?? [];
        return enrolled === undefined || unenrolled === undefined ? [] : [{ day, enrolled, unenrolled }];
      }),
      unreadable: days.flatMap(([day, { problem }]) => (problem === null ? [] : [`${day}: ${problem}`])),
    };
  }

  async #fetch(object: StoredObject, signal: AbortSignal): Promise<KeptDay> {
    const { generation } = object;
    const stream = await this.#store.read(object.name, signal);
    if (stream === undefined) return { generation, totals: new Map(), problem: 'the file was removed' };
    try {
      const bytes = await readWithin(this.#limit, stream as AsyncIterable<Uint8Array>);
      const counts = readEnrollmentCounts(JSON.parse(bytes.toString('utf8')));
      const totals = new Map(
        [...counts].map(([slug, one]) => [slug, [one.totalEnrollments, one.totalUnenrollments] as const]),
      );
      return { generation, totals, problem: null };
    } catch (error) {
      stream.destroy();
      signal.throwIfAborted();
      const problem = contentProblem(error);
      if (problem !== undefined) return { generation, totals: new Map(), problem };
      throw error;
    }
  }
}

/** Why the content cannot be used; undefined for other errors. The parser of the counts throws errors with `issues`. */
function contentProblem(error: unknown): string | undefined {
  if (error instanceof SyntaxError) return 'the file is not JSON';
  if (error instanceof TooLargeError) return errorText(error);
  return error instanceof Error && 'issues' in error ? 'the file has another form' : undefined;
}

function newestDays(objects: readonly StoredObject[]): { readonly day: string; readonly object: StoredObject }[] {
  return objects
    .flatMap((object) => {
      const day = DATED.exec(object.name)?.[1];
      return day === undefined || parseDate(day) === undefined ? [] : [{ day, object }];
    })
    .toSorted((a, b) => (a.day < b.day ? 1 : -1))
    .slice(0, MOST_DAYS);
}
