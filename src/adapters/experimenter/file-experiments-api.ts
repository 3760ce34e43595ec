/** The list of experiments from disk: a JSON list in one file, or a folder with a file for each experiment. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ContrailError, errorText } from '../../domain/errors.ts';
import type { ExperimentRecords } from '../../ports/experiment-records.ts';
import type { ExperimentList, ExperimentsApi } from '../../ports/experiments-api.ts';
import {
  type FoundRecord,
  type MalformedExperiment,
  malformedExperiment,
  numberRecords,
  parseExperiments,
} from './experiment-record.ts';

export interface FileExperimentsOptions {
  /** Path of the file or the folder. */
  readonly path: string;
}

/** Experiments in a file or a folder, read anew at each call. */
export class FileExperimentsApi implements ExperimentsApi, ExperimentRecords {
  readonly url: string;
  readonly #path: string;

  constructor({ path }: FileExperimentsOptions) {
    this.#path = resolve(path);
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

  /** What the file holds, or what the files of the folder hold, as a list; a file that is no JSON is a text in it. */
  async fetch(signal: AbortSignal): Promise<unknown> {
    signal.throwIfAborted();
    try {
      if (!(await stat(this.#path)).isDirectory()) return await readJson(this.#path, signal);
      const names = (await readdir(this.#path)).filter((name) => name.endsWith('.json')).sort();
      return await Promise.all(names.map((name) => readJson(join(this.#path, name), signal).catch(() => name)));
    } catch (error) {
      signal.throwIfAborted();
      throw this.#unreadable(reasonOf(error), error);
    }
  }

  async #listFile(signal: AbortSignal): Promise<ExperimentList> {
    const records = await readJson(this.#path, signal);
    if (!Array.isArray(records)) throw this.#unreadable('it does not hold a JSON list');
    return parseExperiments(numberRecords(records));
  }

  async #listFolder(signal: AbortSignal): Promise<ExperimentList> {
    const found: FoundRecord[] = [];
    const malformed: MalformedExperiment[] = [];
    const fileNames = (await readdir(this.#path)).filter((fileName) => fileName.endsWith('.json'));
    for (const fileName of fileNames.sort()) {
      const path = join(this.#path, fileName);
      try {
        found.push({ where: path, record: await readJson(path, signal) });
      } catch (error) {
        signal.throwIfAborted();
        malformed.push(malformedExperiment(path, reasonOf(error)));
      }
    }
    const parsed = parseExperiments(found);
    return { experiments: parsed.experiments, malformed: [...malformed, ...parsed.malformed] };
  }

  #unreadable(reason: string, cause?: unknown): ContrailError {
    return new ContrailError('EXPERIMENTS_UNREADABLE', `The experiments in ${this.#path} cannot be read: ${reason}.`, {
      subject: this.#path,
      hint: 'CONTRAIL_EXPERIMENTER must name a JSON file with a list of experiments, a folder of such records, or an Experimenter.',
      cause,
    });
  }
}

async function readJson(path: string, signal: AbortSignal): Promise<unknown> {
  const text = await readFile(path, { encoding: 'utf8', signal });
  // Editors on Windows put a byte order mark in front, which JSON.parse refuses.
  return JSON.parse(text.replace(/^\ufeff/, ''));
}

function reasonOf(error: unknown): string {
  if (error instanceof SyntaxError) return `it is not JSON (${error.message})`;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'it does not exist';
  return errorText(error);
}
