/** The list of experiments from disk: one file with a JSON list, or a folder with one file per experiment. */
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type ByteLimit, readWithin, tooLarge, TooLargeError } from '../../domain/byte-limit.ts';
import { ContrailError, errorText } from '../../domain/errors.ts';
import type { ExperimentList } from '../../domain/experiment.ts';
import {
  type FoundRecord,
  type MalformedExperiment,
  malformedExperiment,
  numberRecords,
  parseExperiments,
} from '../../experiment-record/planning-view.ts';
import type { ExperimentsApi } from '../../ports/experiments-api.ts';
import { checkRecordCount, DEFAULT_LIMITS, type ExperimentLimits } from './limits.ts';

export interface FileExperimentsOptions {
  /** Path of the file or the folder. */
  readonly path: string;
  readonly limits?: ExperimentLimits;
}

/** Experiments from a file or a folder, read again at each call. */
export class FileExperimentsApi implements ExperimentsApi {
  readonly url: string;
  readonly #path: string;
  readonly #limits: ExperimentLimits;

  constructor({ path, limits = DEFAULT_LIMITS }: FileExperimentsOptions) {
    this.#path = resolve(path);
    this.#limits = limits;
    this.url = `file:${this.#path}`;
  }

  async list(signal: AbortSignal): Promise<ExperimentList> {
    signal.throwIfAborted();
    try {
      const isFolder = (await stat(this.#path)).isDirectory();
      return isFolder ? await this.#listFolder(signal) : await this.#listFile(signal);
    } catch (error) {
      signal.throwIfAborted();
      throw error instanceof ContrailError ? error : this.#unreadable(reasonOf(error), error);
    }
  }

  /** The content of the file, or of the folder's files, as a list; a file that is not JSON is a text in it. */
  async fetch(signal: AbortSignal): Promise<unknown> {
    signal.throwIfAborted();
    try {
      if (!(await stat(this.#path)).isDirectory()) return await this.#readFile(signal);
      const records: unknown[] = [];
      await this.#readFolder(signal, (path, read) => {
        records.push('record' in read ? read.record : path);
      });
      return records;
    } catch (error) {
      signal.throwIfAborted();
      throw this.#unreadable(reasonOf(error), error);
    }
  }

  async #listFile(signal: AbortSignal): Promise<ExperimentList> {
    const records = await this.#readFile(signal);
    if (!Array.isArray(records)) throw this.#unreadable('it is not a JSON list');
    return parseExperiments(numberRecords(records));
  }

  async #listFolder(signal: AbortSignal): Promise<ExperimentList> {
    const found: FoundRecord[] = [];
    const malformed: MalformedExperiment[] = [];
    await this.#readFolder(signal, (path, read) => {
      if ('record' in read) found.push({ where: path, record: read.record });
      else malformed.push(malformedExperiment(path, reasonOf(read.error)));
    });
    const parsed = parseExperiments(found);
    return { ...parsed, malformed: [...malformed, ...parsed.malformed] };
  }

  async #readFile(signal: AbortSignal): Promise<unknown> {
    const { value } = await readJson(this.#path, this.#limits.bytes, signal);
    checkRecordCount(value, this.#limits);
    return value;
  }

  /** All files of the folder by name; throws if they exceed the limits together. */
  async #readFolder(signal: AbortSignal, take: (path: string, read: ReadRecord) => void): Promise<void> {
    const fileNames = (await readdir(this.#path)).filter((fileName) => fileName.endsWith('.json'));
    checkRecordCount(fileNames, this.#limits);
    const left = { ...this.#limits.bytes };
    for (const fileName of fileNames.sort()) {
      const path = join(this.#path, fileName);
      try {
        const { value, bytes } = await readJson(path, left, signal);
        left.bytes -= bytes;
        take(path, { record: value });
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof TooLargeError) throw tooLarge(this.#limits.bytes);
        take(path, { error });
      }
    }
  }

  #unreadable(reason: string, cause?: unknown): ContrailError {
    return new ContrailError('EXPERIMENTS_UNREADABLE', `The experiments in ${this.#path} cannot be read: ${reason}.`, {
      subject: this.#path,
      hint: 'CONTRAIL_EXPERIMENTER must name a JSON file with a list of experiments, a folder of such records, or an Experimenter.',
      cause,
    });
  }
}

type ReadRecord = { readonly record: unknown } | { readonly error: unknown };

async function readJson(
  path: string,
  limit: ByteLimit,
  signal: AbortSignal,
): Promise<{ value: unknown; bytes: number }> {
  const content = await readWithin(limit, createReadStream(path, { signal }) as AsyncIterable<Buffer>);
  // Editors on Windows add a byte order mark, which JSON.parse rejects.
  return { value: JSON.parse(content.toString('utf8').replace(/^\ufeff/, '')), bytes: content.length };
}

function reasonOf(error: unknown): string {
  if (error instanceof SyntaxError) return `it is not JSON (${error.message})`;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'it does not exist';
  return errorText(error);
}
