/** All that statistics exports need, in memory. */
import { MemoryExperimentsApi } from '../../src/adapters/memory/experiments-api.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { MemoryJobQueue } from '../../src/adapters/memory/job-queue.ts';
import { MemoryObjectStore } from '../../src/adapters/memory/object-store.ts';
import { MemoryRecordSink } from '../../src/adapters/memory/record-sink.ts';
import { MemoryStatisticsSource } from '../../src/adapters/memory/statistics-source.ts';
import { CONSOLE_RULES } from '../../src/domain/console-rules.ts';
import { ABSENT, type ObjectMetadata, type StoredObject } from '../../src/ports/object-store.ts';
import type { ExportRequest } from '../../src/workers/statistics/export-request.ts';
import { recordedLog } from './recorded-log.ts';

export const NOW = Date.parse('2026-01-15T12:00:00Z');
export const OBJECT = 'statistics/statistics_my_slug_weekly.json';
export const TABLE = 'statistics_my_slug_weekly';

const never = new AbortController().signal;

/** A store in which something happens between the beginning of a write and its end. */
class MeddledStore extends MemoryObjectStore {
  meddle: (() => Promise<unknown>) | undefined;

  override async write(...request: Parameters<MemoryObjectStore['write']>) {
    const writer = await super.write(...request);
    const { meddle } = this;
    this.meddle = undefined;
    await meddle?.();
    return writer;
  }
}

export function makeStatisticsWorld() {
  const time = { now: NOW };
  const clock = { ...systemClock, now: () => time.now };
  const source = new MemoryStatisticsSource();
  const store = new MeddledStore({ clock, keepHistory: true });
  const sink = new MemoryRecordSink();
  const log = recordedLog();
  return {
    time,
    clock,
    source,
    store,
    sink,
    log,
    never,
    api: new MemoryExperimentsApi([]),
    queue: new MemoryJobQueue({ clock }),
    /** What exports and their handler are given. */
    deps: {
      source,
      store,
      clock,
      settleMs: 12 * 3_600_000,
      refusedShareLimit: 0.1,
      duplicateLimit: 1_000,
      rules: CONSOLE_RULES.e5dd1051c,
      records: { sink, clock, log },
    },
    request: (changes: Partial<ExportRequest> = {}): ExportRequest => {
      const fixed = {
        experiment: 'my-slug',
        period: 'weekly',
        knownBy: 'api',
        record: undefined,
        force: false,
      } as const;
      return { ...fixed, job: 'a-job', signal: never, ...changes };
    },
    textOf: async (name = OBJECT): Promise<string | undefined> => {
      const stream = await store.read(name, never);
      if (stream === undefined) return undefined;
      const pieces: Buffer[] = [];
      for await (const piece of stream) pieces.push(Buffer.from(piece));
      return Buffer.concat(pieces).toString('utf8');
    },
    head: (name = OBJECT) => store.head(name, never),
    /** Puts bytes in place, whoever's, over what is there. */
    publish: async (text: string, metadata: ObjectMetadata = {}, name = OBJECT): Promise<StoredObject> => {
      const ifGeneration = (await store.head(name, never))?.generation ?? ABSENT;
      const writer = await store.write({ name, contentType: 'application/json', ifGeneration, signal: never });
      await writer.write(Buffer.from(text));
      return writer.commit(metadata);
    },
  };
}
