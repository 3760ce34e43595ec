/** Continuous mode's ear: enqueues the files of tables whose changes are told, within a second or so. */
import { readChangeNotice, type ChangeNotice, type WatchedDataset } from './change-notice.ts';
import type { NoticeSource } from '../../ports/notice-source.ts';
import { type PassReport, Repeating } from '../repeating.ts';
import { enqueueChangedTables, type NotifyDependencies } from './enqueue-changed-tables.ts';

/** From one look to the next at least; messages that come meanwhile are looked at together. */
const LOOK_INTERVAL_MS = 1_000;
const RETRY_MS = 30_000;
/** More tables than this are looked at by a scan. */
const MOST_TABLES = 200;

export interface ChangeNoticesOptions {
  readonly source: NoticeSource;
  readonly watched: WatchedDataset;
  readonly scan: NotifyDependencies;
  /** Scans everything now. */
  readonly scanAll: () => Promise<void>;
  /** Called for each message. */
  readonly onNotice?: (kind: ChangeNotice['kind']) => void;
  readonly onPass?: (report: PassReport) => void;
}

export class ChangeNotices {
  readonly #options: ChangeNoticesOptions;
  readonly #tables = new Set<string>();
  readonly #listening: Repeating;
  readonly #looking: Repeating;
  #isFlooded = false;

  constructor(options: ChangeNoticesOptions) {
    this.#options = options;
    const { clock, log } = options.scan.enqueuing;
    const observed = options.onPass === undefined ? {} : { onPass: options.onPass };
    this.#listening = new Repeating({
      ...observed,
      name: 'notices',
      lasts: true,
      intervalMs: RETRY_MS,
      clock,
      log,
      failure: { level: 'warn', text: 'notices of changed tables cannot be read; scans find the changes' },
      pass: (signal) => options.source.listen((content) => this.#receive(content), signal),
    });
    this.#looking = new Repeating({
      name: 'notified-tables',
      intervalMs: LOOK_INTERVAL_MS,
      clock,
      log,
      failure: { level: 'warn', text: 'changed tables could not be looked at; the next scan finds them' },
      pass: (signal) => this.#look(signal),
    });
    this.#looking.pause();
  }

  start(): void {
    this.#listening.start();
    this.#looking.start();
  }

  async stop(): Promise<void> {
    await Promise.all([this.#listening.stop(), this.#looking.stop()]);
  }

  #receive(content: Uint8Array): void {
    const { watched, onNotice } = this.#options;
    const notice = readChangeNotice(content, watched);
    onNotice?.(notice.kind);
    if (notice.kind !== 'table') return;
    if (this.#tables.size < MOST_TABLES) this.#tables.add(notice.table);
    else this.#isFlooded ||= !this.#tables.has(notice.table);
    this.#looking.resume();
  }

  async #look(signal: AbortSignal): Promise<void> {
    const { scan, scanAll } = this.#options;
    const tables = [...this.#tables];
    const isFlooded = this.#isFlooded;
    this.#tables.clear();
    this.#isFlooded = false;
    this.#looking.pause();
    if (isFlooded) return scanAll();
    if (tables.length === 0) return;
    const { report } = await enqueueChangedTables(scan, tables, signal);
    scan.enqueuing.log.info(
      { tables: tables.length, enqueued: report.enqueued.length, waiting: report.skipped.length },
      'looked at changed tables',
    );
  }
}
