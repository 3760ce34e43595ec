/** Reads statistics files in a thread of their own. The thread starts with the first file, and again after it was lost. */
import { Worker } from 'node:worker_threads';
import { errorText } from '../../../domain/errors.ts';
import { MalformedArrayError } from '../../../domain/json-array-elements.ts';
import type { DistributionRow, DistributionWish } from '../../../domain/results/distribution-rows.ts';
import type { ResultsTable } from '../../../domain/results/results-table.ts';
import type { FromThread, ReadingWish, ToThread } from './thread-messages.ts';

/** What reads a file for the pages. Throws MalformedArrayError if the bytes are no list of rows. */
export interface FileReader {
  table(bytes: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<ResultsTable>;
  distribution(
    bytes: AsyncIterable<Uint8Array>,
    wish: DistributionWish,
    signal: AbortSignal,
  ): Promise<readonly DistributionRow[]>;
  /** Ends the thread; what is being read fails. */
  stop(): Promise<void>;
}

/** Texts of a file beyond this end the thread, not the process. */
const MOST_MEGABYTES = 512;
/** Tests run the sources, which Node 20 cannot load in a thread; the built file is the same. */
const FOLDER = import.meta.url.endsWith('.ts') ? '../../../../dist/app/web/results/' : './';
const THREAD = new URL(`${FOLDER}reading-thread.js`, import.meta.url);

interface Waiter {
  readonly hear: (message: FromThread) => void;
  readonly fail: (error: Error) => void;
}

export class ThreadedFileReader implements FileReader {
  readonly #url: URL;
  #worker: Worker | undefined;
  #lastId = 0;
  readonly #waiters = new Map<number, Waiter>();

  constructor({ thread = THREAD }: { readonly thread?: URL } = {}) {
    this.#url = thread;
  }

  async table(bytes: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<ResultsTable> {
    const answer = await this.#read(bytes, { kind: 'table' }, signal);
    if (answer.say === 'table') return answer.table;
    throw new Error(`The thread answered with ${answer.say}.`);
  }

  async distribution(
    bytes: AsyncIterable<Uint8Array>,
    wish: DistributionWish,
    signal: AbortSignal,
  ): Promise<readonly DistributionRow[]> {
    const answer = await this.#read(bytes, { kind: 'distribution', wish }, signal);
    if (answer.say === 'distribution') return answer.rows;
    throw new Error(`The thread answered with ${answer.say}.`);
  }

  async stop(): Promise<void> {
    const worker = this.#worker;
    this.#lose(new Error('The pages are closing.'));
    await worker?.terminate();
  }

  async #read(bytes: AsyncIterable<Uint8Array>, wish: ReadingWish, signal: AbortSignal): Promise<FromThread> {
    const id = ++this.#lastId;
    const worker = this.#started();
    const say = (message: ToThread, transfer: ArrayBuffer[] = []): void => worker.postMessage(message, transfer);
    let answered = this.#answer(id);
    try {
      say({ id, say: 'begin', wish });
      for await (const chunk of bytes) {
        signal.throwIfAborted();
        // Chunks may be views of a pool that others use.
        const own = Uint8Array.from(chunk);
        say({ id, say: 'bytes', bytes: own }, [own.buffer]);
        const answer = await answered;
        if (answer.say !== 'more') return finished(answer);
        answered = this.#answer(id);
      }
      say({ id, say: 'end' });
      return finished(await answered);
    } finally {
      this.#waiters.delete(id);
      say({ id, say: 'forget' });
    }
  }

  /** The next message about a file; nobody may be waiting for it when it fails. */
  #answer(id: number): Promise<FromThread> {
    const answer = new Promise<FromThread>((hear, fail) => this.#waiters.set(id, { hear, fail }));
    answer.catch(() => undefined);
    return answer;
  }

  #started(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const worker = new Worker(this.#url, { resourceLimits: { maxOldGenerationSizeMb: MOST_MEGABYTES } });
    worker.on('message', (message: FromThread) => this.#waiters.get(message.id)?.hear(message));
    const lose = (problem: string): void => {
      if (this.#worker === worker) this.#lose(new Error(problem));
    };
    worker.on('error', (error) => lose(`The thread that reads files has failed: ${errorText(error)}.`));
    worker.on('exit', () => lose('The thread that reads files has ended.'));
    this.#worker = worker;
    return worker;
  }

  #lose(error: Error): void {
    this.#worker = undefined;
    for (const { fail } of this.#waiters.values()) fail(error);
    this.#waiters.clear();
  }
}

function finished(answer: FromThread): FromThread {
  if (answer.say === 'malformed') throw new MalformedArrayError(answer.problem);
  return answer;
}
