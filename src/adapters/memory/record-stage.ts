/** Records on their way to the warehouse, kept in memory: as `queue/redis-record-stage.ts`, for one process. */
import { ContrailError } from '../../domain/errors.ts';
import type { WallClock } from '../../ports/clock.ts';
import type { Random } from '../../ports/random.ts';
import type { RecordBatch, RecordRow } from '../../ports/record-sink.ts';
import type {
  BatchFate,
  OpenWindow,
  RecordStage,
  RefusedRecord,
  RefusedRecords,
  StagedBatch,
  StageWindow,
  Waiting,
} from '../../ports/record-stage.ts';

const MOST_KNOWN = 200_000;
const MOST_BYTES = 64 * 1024 * 1024;
const MOST_REFUSED = 1_000;
const REFUSED_MS = 30 * 86_400_000;

export interface MemoryRecordStageOptions {
  readonly clock: WallClock;
  readonly random: Random;
  /** How long rows gather before they are written together, milliseconds. */
  readonly windowMs: number;
  /** How many ids of batches are remembered; default 200,000. */
  readonly mostKnown?: number;
  /** How many bytes of rows may wait; default 64 MB. */
  readonly mostBytes?: number;
}

interface KeptWindow extends StageWindow {
  readonly openedAt: number;
  readonly endsAt: number;
  /** The rows of each batch, and their bytes as JSON. */
  readonly batches: Map<string, { readonly rows: RecordRow[]; readonly bytes: number }>;
}

export class MemoryRecordStage implements RecordStage {
  readonly #options: MemoryRecordStageOptions;
  readonly #windows = new Map<string, KeptWindow>();
  /** Keys of the windows that still take rows, by table. */
  readonly #open = new Map<string, string>();
  /** Ids of batches, the oldest first. */
  readonly #known = new Set<string>();
  readonly #refused = new Map<string, RefusedRecord & { readonly at: number }>();

  constructor(options: MemoryRecordStageOptions) {
    this.#options = options;
  }

  async stage({ id, table, rows }: RecordBatch): Promise<OpenWindow | undefined> {
    if (this.#known.has(id)) return undefined;
    const size = JSON.stringify(rows).length;
    const { mostBytes = MOST_BYTES, mostKnown = MOST_KNOWN } = this.#options;
    const bytes = this.#bytes();
    if (bytes > 0 && bytes + size > mostBytes) {
      const message = `The stage holds ${mostBytes} bytes of records that wait for the warehouse, and takes no more of them.`;
      throw new ContrailError('REDIS_UNSUITABLE', message, { subject: 'staging records' });
    }
    const window = this.#windowOf(table);
    window.batches.set(id, { rows: structuredClone([...rows]), bytes: size });
    this.#known.add(id);
    for (const oldest of this.#known) {
      if (this.#known.size <= mostKnown) break;
      this.#known.delete(oldest);
    }
    return this.#shown(window);
  }

  async take(window: StageWindow): Promise<RecordRow[]> {
    const key = keyOf(window);
    if (this.#open.get(window.table) === key) this.#open.delete(window.table);
    return this.peek(window);
  }

  async peek(window: StageWindow): Promise<RecordRow[]> {
    const batches = [...(this.#windows.get(keyOf(window))?.batches ?? [])].toSorted(([a], [b]) => (a < b ? -1 : 1));
    return batches.flatMap(([, { rows }]) => structuredClone(rows));
  }

  async drop(window: StageWindow): Promise<void> {
    this.#windows.delete(keyOf(window));
  }

  async windows(): Promise<OpenWindow[]> {
    return [...this.#windows.values()].map((window) => this.#shown(window));
  }

  async fatesOf(batches: readonly StagedBatch[]): Promise<BatchFate[]> {
    return batches.map((batch) => {
      if (this.#windows.get(keyOf(batch))?.batches.has(batch.id) === true) return 'waiting';
      return this.#known.has(batch.id) ? 'written' : 'lost';
    });
  }

  async waiting(): Promise<Waiting> {
    const now = this.#options.clock.now();
    const windows = [...this.#windows.values()];
    return {
      batches: windows.reduce((sum, { batches }) => sum + batches.size, 0),
      oldestMs: Math.max(0, now - Math.min(now, ...windows.map(({ openedAt }) => openedAt))),
      lateMs: Math.max(0, now - Math.min(now, ...windows.map(({ endsAt }) => endsAt))),
    };
  }

  async setAside(records: readonly RefusedRecord[]): Promise<void> {
    const at = this.#options.clock.now();
    for (const record of records) {
      if (!this.#refused.has(record.id)) this.#refused.set(record.id, { ...record, at });
    }
    this.#forgetRefused();
  }

  async refused(limit: number): Promise<RefusedRecords> {
    this.#forgetRefused();
    const newest = [...this.#refused.values()].toReversed().slice(0, Math.max(0, limit));
    return { count: this.#refused.size, newest };
  }

  /** As when Redis has lost its memory. */
  lose(): void {
    this.#windows.clear();
    this.#open.clear();
    this.#known.clear();
    this.#refused.clear();
  }

  #windowOf(table: string): KeptWindow {
    const { clock, random, windowMs } = this.#options;
    const now = clock.now();
    const open = this.#windows.get(this.#open.get(table) ?? '');
    // An end beyond the length of a window was made before the clock was put back.
    if (open !== undefined && open.endsAt > now && open.endsAt <= now + windowMs) return open;
    const window = `${now}-${random.uuid().replaceAll('-', '').slice(0, 16)}`;
    const opened: KeptWindow = { table, window, openedAt: now, endsAt: now + windowMs, batches: new Map() };
    this.#windows.set(keyOf(opened), opened);
    this.#open.set(table, keyOf(opened));
    return opened;
  }

  #shown({ table, window, endsAt }: KeptWindow): OpenWindow {
    const endsInMs = Math.max(0, endsAt - this.#options.clock.now());
    return { table, window, endsInMs: endsInMs > this.#options.windowMs ? 0 : endsInMs };
  }

  #bytes(): number {
    const batches = [...this.#windows.values()].flatMap((window) => [...window.batches.values()]);
    return batches.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  #forgetRefused(): void {
    const now = this.#options.clock.now();
    for (const [id, { at }] of this.#refused) {
      if (this.#refused.size > MOST_REFUSED || at <= now - REFUSED_MS) this.#refused.delete(id);
    }
  }
}

function keyOf({ table, window }: StageWindow): string {
  return `${table}:${window}`;
}
