/** Reads the enrollment funnel that another system writes to the bucket every day. */
import {
  type EnrollmentFunnel,
  type FunnelContent,
  hasTooManyMalformed,
  type RowCounts,
  type SlugFunnel,
} from '../../alerts/enrollment-funnel.ts';
import { countText, namesText } from '../../alerts/text.ts';
import { type ByteLimit, readWithin, tooLarge, TooLargeError } from '../../domain/byte-limit.ts';
import type { LogEvent } from '../../domain/log-record.ts';
import type { Generation, ObjectStore, StoredObject } from '../../ports/object-store.ts';
import { type LogRecordDependencies, writeLogRecords } from '../records/write-log-records.ts';
import { ENROLLMENT_FUNNEL_OBJECT, readEnrollmentFunnel } from './read-enrollment-funnel.ts';

/** In one log row. */
const MOST_NAMES = 20;

export interface FunnelSource {
  readonly store: ObjectStore;
  readonly limit: ByteLimit;
  /** Absent: nothing is logged, as for pages. */
  readonly records?: LogRecordDependencies;
}

/** The funnel, kept between checks: the object is read again only when it has another generation. */
export class KeptEnrollmentFunnel {
  readonly #source: FunnelSource;
  #kept: { readonly generation: Generation; readonly content: FunnelContent } | undefined;

  constructor(source: FunnelSource) {
    this.#source = source;
  }

  /**
   * The current funnel. A malformed or too large object, and one with malformed rows, makes one WARNING row in
   * `monitoring.logs`, if there are records. Throws if the store cannot be read.
   */
  async read(signal: AbortSignal): Promise<EnrollmentFunnel> {
    const { store, limit, records } = this.#source;
    const object = await store.head(ENROLLMENT_FUNNEL_OBJECT, signal);
    if (object === undefined) return { kind: 'absent' };
    const { generation, changedAt } = object;
    if (this.#kept?.generation !== generation) {
      const content = await fetchContent(store, { object, limit, signal });
      if (content === undefined) return { kind: 'absent' };
      const work = ['enrollment-funnel', store.locate(ENROLLMENT_FUNNEL_OBJECT), generation];
      if (records !== undefined) await writeLogRecords(records, work, warningsOf(content));
      this.#kept = { generation, content };
    }
    return { ...this.#kept.content, changedAt };
  }
}

/** Undefined if the object has been removed meanwhile. */
async function fetchContent(
  store: ObjectStore,
  { object, limit, signal }: { object: StoredObject; limit: ByteLimit; signal: AbortSignal },
): Promise<FunnelContent | undefined> {
  if (object.bytes > limit.bytes) return tooLargeContent(tooLarge(limit));
  const stream = await store.read(object.name, signal);
  if (stream === undefined) return undefined;
  try {
    const bytes = await readWithin(limit, stream as AsyncIterable<Uint8Array>);
    return readEnrollmentFunnel(bytes.toString('utf8'));
  } catch (error) {
    stream.destroy();
    if (error instanceof TooLargeError) return tooLargeContent(error);
    throw error;
  }
}

function tooLargeContent({ message }: TooLargeError): FunnelContent {
  return { kind: 'malformed', problem: message };
}

function warningsOf(content: FunnelContent): LogEvent[] {
  if (content.kind === 'malformed') return [warning(`The enrollment funnel cannot be used: ${content.problem}.`)];
  const faulty = [...content.slugs].filter(([, found]) => found.kind === 'no list' || found.rows.malformed > 0);
  if (faulty.length === 0) return [];
  const sum = (count: keyof RowCounts): number =>
    [...content.slugs.values()].reduce((total, found) => total + (found.kind === 'list' ? found.rows[count] : 0), 0);
  const left = `malformed rows, which were left out: ${countText(sum('malformed'))} of ${countText(sum('all'))}`;
  const without = faulty.filter(([, found]) => found.kind === 'no list' || hasTooManyMalformed(found.rows));
  const noData = without.length === 0 ? '' : ` No data for ${names(without.map(([slug]) => slug))}.`;
  return [warning(`The enrollment funnel has ${left}. By experiment: ${names(faulty.map(faultsText))}.${noData}`)];
}

function faultsText([slug, found]: readonly [string, SlugFunnel]): string {
  if (found.kind === 'no list') return `${slug} (no list of rows)`;
  return `${slug} (${countText(found.rows.malformed)} of ${countText(found.rows.all)})`;
}

function names(texts: readonly string[]): string {
  return namesText(texts, MOST_NAMES);
}

function warning(message: string): LogEvent {
  return {
    level: 'WARNING',
    message,
    at: { file: 'enrollment-funnel-object.ts', function: 'KeptEnrollmentFunnel.read' },
  };
}
