/**
 * Records in files, one a process, a line a batch, synced before `keep` returns. A file belongs to its process while
 * that lives; what dead ones left is replayed by whoever comes next.
 */
import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { RecordBatch } from '../../ports/record-sink.ts';
import type { RecordSpool } from '../../ports/record-spool.ts';

const Batch = z.object({ id: z.string(), table: z.string(), rows: z.array(z.record(z.string(), z.json())) });
const SUFFIX = '.ndjson';
const TAKEN = '.taken';

export class FileRecordSpool implements RecordSpool {
  readonly #folder: string;
  #file: { readonly handle: FileHandle; readonly path: string } | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor({ folder }: { readonly folder: string }) {
    this.#folder = folder;
  }

  keep(batch: RecordBatch): Promise<void> {
    return this.#inTurn(async () => {
      this.#file ??= await this.#create();
      await this.#file.handle.appendFile(`${JSON.stringify(batch)}\n`);
      await this.#file.handle.datasync();
    });
  }

  replay(take: (batch: RecordBatch) => Promise<void>): Promise<number> {
    return this.#inTurn(async () => {
      await this.#file?.handle.close();
      this.#file = undefined;
      let taken = 0;
      for (const name of await this.#names()) taken += await this.#replayFile(join(this.#folder, name), take);
      return taken;
    });
  }

  async #create() {
    await mkdir(this.#folder, { recursive: true });
    const path = join(this.#folder, `${process.pid}-${randomUUID()}${SUFFIX}`);
    return { handle: await open(path, 'ax'), path };
  }

  async #names(): Promise<string[]> {
    try {
      const names = await readdir(this.#folder);
      return names.filter((name) => name.endsWith(SUFFIX) || name.endsWith(TAKEN)).filter(isOurs);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
      throw error;
    }
  }

  /** A batch that is taken twice is known by its id, so a crash in between does no harm. */
  async #replayFile(path: string, take: (batch: RecordBatch) => Promise<void>): Promise<number> {
    const mine = path.endsWith(TAKEN) ? path : `${path}.${process.pid}${TAKEN}`;
    if (mine !== path && !(await claim(path, mine))) return 0;
    const lines = (await readFile(mine, 'utf8')).split('\n');
    let taken = 0;
    for (const line of lines) {
      // The last line of a process that was killed can be half a line; its batch was never promised.
      const batch = parseLine(line);
      if (batch === undefined) continue;
      await take(batch);
      taken += 1;
    }
    await rm(mine, { force: true });
    return taken;
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }
}

/** Whether a file is this process's, or of a process that is gone. */
function isOurs(name: string): boolean {
  const owner = Number(/(\d+)\.taken$/.exec(name)?.[1] ?? /^(\d+)-/.exec(name)?.[1]);
  if (owner === process.pid || Number.isNaN(owner)) return true;
  try {
    process.kill(owner, 0);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}

/** Whether the file was there to be taken: of two who try, one succeeds. */
async function claim(path: string, mine: string): Promise<boolean> {
  try {
    await rename(path, mine);
    return true;
  } catch {
    return false;
  }
}

function parseLine(line: string): RecordBatch | undefined {
  if (line === '') return undefined;
  try {
    return Batch.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}
