/**
 * Records in files: one file per process, one line per batch. Waiting batches are synced before `keep` returns. A file
 * belongs to its process while that lives. Files of dead processes are replayed by the next process, even on another
 * machine that shares the folder.
 */
import type { Log } from '../../ports/log.ts';
import type { RecordBatch } from '../../ports/record-sink.ts';
import type { BatchCopy, RecordSpool } from '../../ports/record-spool.ts';
import type { RecordFile } from './record-file.ts';
import { readRecordLines, type RecordLine } from './record-lines.ts';
import { SpoolFolder, type SpoolKind } from './spool-folder.ts';

/** Most bytes of a file, because it is read at once. */
const MOST_FILE_BYTES = 8 * 1024 * 1024;
/** As much as the stage holds. Batches beyond that wait in files of their own, not as copies. */
const MOST_COPY_BYTES = 64 * 1024 * 1024;
const LONGEST_SHOWN = 200;

export interface FileRecordSpoolOptions {
  readonly folder: string;
  readonly log: Log;
  /** Most bytes of copies of this process; default 64 MB. */
  readonly mostCopyBytes?: number;
}

export class FileRecordSpool implements RecordSpool {
  readonly #options: FileRecordSpoolOptions;
  readonly #folder: SpoolFolder;
  readonly #files = new Map<SpoolKind, RecordFile>();
  /** Bytes of this process's copy files, by path. */
  readonly #copies = new Map<string, number>();
  #last: Promise<unknown> = Promise.resolve();
  #lastReplay: Promise<unknown> = Promise.resolve();

  constructor(options: FileRecordSpoolOptions) {
    this.#options = options;
    this.#folder = new SpoolFolder(options.folder);
  }

  keep(batch: RecordBatch): Promise<void> {
    return this.#inTurn(async () => {
      await this.#add('waiting', JSON.stringify(batch));
    });
  }

  keepCopy(copy: BatchCopy): Promise<void> {
    return this.#inTurn(async () => {
      const kept = [...this.#copies.values()].reduce((sum, bytes) => sum + bytes, 0);
      if (kept > (this.#options.mostCopyBytes ?? MOST_COPY_BYTES)) return;
      const file = await this.#add('copies', JSON.stringify(copy));
      this.#copies.set(file.path, file.size);
    });
  }

  replay(take: (batch: RecordBatch) => Promise<void>): Promise<number> {
    const result = this.#lastReplay.then(() => this.#replay(take));
    this.#lastReplay = result.catch(() => undefined);
    return result;
  }

  async review(isSettled: (copies: readonly BatchCopy[]) => Promise<boolean>): Promise<void> {
    const paths = await this.#inTurn(async () => {
      await this.#endFile('copies');
      return this.#folder.free('copies');
    });
    for (const path of paths) {
      const lines = await this.#read(path);
      if (!(await isSettled(lines.flatMap(copyOf)))) return;
      await this.#folder.remove(path);
      this.#copies.delete(path);
    }
  }

  async #replay(take: (batch: RecordBatch) => Promise<void>): Promise<number> {
    const paths = await this.#inTurn(async () => {
      await this.#endFile('waiting');
      return this.#folder.free('waiting');
    });
    let taken = 0;
    for (const path of paths) {
      const mine = await this.#folder.claim(path);
      if (mine !== undefined) taken += await this.#replayFile(mine, take);
    }
    return taken;
  }

  async #add(kind: SpoolKind, line: string): Promise<RecordFile> {
    const file = this.#files.get(kind) ?? (await this.#folder.create(kind));
    this.#files.set(kind, file);
    try {
      await file.add(line, kind === 'waiting');
    } finally {
      if (file.isBroken || file.size > MOST_FILE_BYTES) await this.#endFile(kind);
    }
    return file;
  }

  async #endFile(kind: SpoolKind): Promise<void> {
    const file = this.#files.get(kind);
    this.#files.delete(kind);
    await file?.close();
  }

  /** A batch that is passed on twice is recognised by its id, so a crash in between does no harm. */
  async #replayFile(path: string, take: (batch: RecordBatch) => Promise<void>): Promise<number> {
    const batches = await this.#read(path);
    for (const { id, table, rows } of batches) await take({ id, table, rows });
    await this.#folder.remove(path);
    return batches.length;
  }

  async #read(path: string): Promise<readonly RecordLine[]> {
    const { batches, unreadable } = readRecordLines(await this.#folder.read(path));
    for (const { line, text } of unreadable) {
      const fields = { file: path, line, length: text.length, start: text.slice(0, LONGEST_SHOWN) };
      this.#options.log.warn(fields, 'a line of the record spool cannot be read; its records are lost');
    }
    return batches;
  }

  /** Serialises work on the open files. Replays stay outside, because they may save copies meanwhile. */
  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }
}

function copyOf({ window, ...batch }: RecordLine): BatchCopy[] {
  return window === undefined ? [] : [{ ...batch, window }];
}
