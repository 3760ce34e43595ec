/**
 * Records in files, one a process, a line a batch, synced before `keep` returns. A file belongs to its process while
 * that lives; what dead ones left is replayed by whoever comes next, also on another machine that shares the folder.
 */
import { type FileHandle, lstat, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { RecordBatch } from '../../ports/record-sink.ts';
import type { RecordSpool } from '../../ports/record-spool.ts';
import { fileSystemTimeNs, isGivenUp } from './file-age.ts';
import { describeThisProcess, fateOf, newOwnerText, type Owner, parseOwner } from './process-owner.ts';

const Batch = z.object({ id: z.string(), table: z.string(), rows: z.array(z.record(z.string(), z.json())) });
const SUFFIX = '.ndjson';
const TAKEN = '.taken';

export class FileRecordSpool implements RecordSpool {
  readonly #folder: string;
  #file: { readonly handle: FileHandle; readonly path: string } | undefined;
  #me: Promise<Owner> | undefined;
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
    const path = join(this.#folder, `${newOwnerText(await this.#owner())}${SUFFIX}`);
    return { handle: await open(path, 'ax'), path };
  }

  async #names(): Promise<string[]> {
    try {
      const names = await readdir(this.#folder);
      const files = names.filter((name) => name.endsWith(SUFFIX) || name.endsWith(TAKEN));
      const isFree = await Promise.all(files.map((name) => this.#isFree(name)));
      return files.filter((_, index) => isFree[index]);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
      throw error;
    }
  }

  /** Whether a file is this process's, or of one that is gone. */
  async #isFree(name: string): Promise<boolean> {
    const owner = parseOwner(ownerTextOf(name));
    const me = await this.#owner();
    if (owner === undefined) return true;
    if (owner.host === me.host && owner.pid === me.pid && owner.startedAt === me.startedAt) return true;
    const fate = await fateOf(owner, me);
    return fate === 'dead' || (fate === 'unknown' && (await this.#isGivenUp(name)));
  }

  /** A process begins a new file every few seconds: one that rests for long has no writer any more. */
  async #isGivenUp(name: string): Promise<boolean> {
    const stats = await lstat(join(this.#folder, name), { bigint: true }).catch(() => undefined);
    const probe = join(this.#folder, `.${newOwnerText(await this.#owner())}.probe`);
    return stats !== undefined && isGivenUp(stats, await fileSystemTimeNs(probe));
  }

  #owner(): Promise<Owner> {
    this.#me ??= describeThisProcess();
    return this.#me;
  }

  /** A batch that is taken twice is known by its id, so a crash in between does no harm. */
  async #replayFile(path: string, take: (batch: RecordBatch) => Promise<void>): Promise<number> {
    const [original = path] = path.split(`${SUFFIX}.`);
    const maker = original.endsWith(SUFFIX) ? original : `${original}${SUFFIX}`;
    const mine = `${maker}.${newOwnerText(await this.#owner())}${TAKEN}`;
    if (!(await claim(path, mine))) return 0;
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

/** Of a file that was taken, the one who took it. */
function ownerTextOf(name: string): string {
  const [maker = '', taker] = name.split(`${SUFFIX}.`);
  return taker === undefined ? maker.slice(0, -SUFFIX.length) : taker.slice(0, -TAKEN.length);
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
