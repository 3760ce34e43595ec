/** The freshness index in Redis: a few hashes of entries and a header. The scripts are in freshness-index-scripts.ts. */
import { randomBytes } from 'node:crypto';
import type { ChainableCommander, Redis } from 'ioredis';
import { z } from 'zod';
import type { Deployment } from '../../domain/deployment.ts';
import type { FileEntry } from '../../domain/freshness/file-entry.ts';
import { keyOfFile } from '../../domain/freshness/file-key.ts';
import { type FileNote, noteFile } from '../../domain/freshness/file-note.ts';
import { groupBy } from '../../domain/group-by.ts';
import type { FreshnessIndex, FreshnessSnapshot, IndexPass, PassEnd } from '../../ports/freshness-index.ts';
import { connectProducer, DEFAULT_PREFIX, toRedisError } from './connection.ts';
import { filesText, parseEnd, parseFiles } from './freshness-entry-json.ts';
import { BEGIN, FINISH, REPLACE, SHARDS } from './freshness-index-scripts.ts';

/** Part of the keys: versions of Contrail that write other entries have an index of their own. */
const FORMAT = 'v2';
const KEPT_MS = 30 * 86_400_000;
const EXPERIMENTS_AT_ONCE = 100;

const Texts = z.array(z.string());
const Hash = z.record(z.string(), z.string());
const Values = z.array(z.string().nullable());

export interface RedisFreshnessIndexOptions {
  readonly redisUrl: string;
  /** Start of every key; default `contrail`. */
  readonly prefix?: string;
  /** The deployment whose files these are; others that share the prefix have their own. */
  readonly deployment?: Deployment;
}

interface Replacement {
  readonly key: string;
  readonly read: string;
  readonly written: string;
}

export class RedisFreshnessIndex implements FreshnessIndex {
  readonly #redisUrl: string;
  readonly #redis: Redis;
  readonly #base: string;

  /** Nothing is contacted before the first call. */
  constructor({ redisUrl, prefix = DEFAULT_PREFIX, deployment }: RedisFreshnessIndexOptions) {
    const of = deployment === undefined ? '' : `${deployment.id}:`;
    this.#redisUrl = redisUrl;
    this.#base = `${prefix}:freshness:${FORMAT}:${of}`;
    this.#redis = connectProducer(redisUrl);
    this.#redis.on('error', () => {});
  }

  async read(): Promise<FreshnessSnapshot | undefined> {
    const reading = this.#redis.multi().hgetall(`${this.#base}header`);
    for (let shard = 0; shard < SHARDS; shard++) reading.hgetall(`${this.#base}${shard}`);
    const [header = {}, ...shards] = z.array(Hash).parse(await this.#replies('reading the freshness index', reading));
    const end = parseEnd(header['end']);
    const isWhole = shards.every((shard, n) => Object.keys(shard).length === Number(header[`size:${n}`] ?? 0));
    if (end === undefined || !isWhole) return undefined;
    const entries: FileEntry[] = [];
    for (const text of shards.flatMap((shard) => Object.values(shard))) {
      const files = parseFiles(text);
      if (files === undefined) return undefined;
      entries.push(...files);
    }
    return {
      revision: `${header['index']}.${header['revision']}`,
      scannedAt: end.at,
      unread: end.unread,
      entries,
    };
  }

  async begin(): Promise<IndexPass> {
    const [index = '', number] = await this.#run(BEGIN, newName());
    return { index, number: Number(number) };
  }

  async note(notes: readonly FileNote[], pass?: IndexPass): Promise<boolean> {
    const byExperiment = [...groupBy(notes, ({ file }) => fieldOf(file.experiment))];
    for (let first = 0; first < byExperiment.length; first += EXPERIMENTS_AT_ONCE) {
      const some = new Map(byExperiment.slice(first, first + EXPERIMENTS_AT_ONCE));
      if (!(await this.#noteSome(some, pass))) return false;
    }
    return true;
  }

  async finish(pass: IndexPass, end: PassEnd): Promise<boolean> {
    const [answer] = await this.#run(FINISH, pass.index, pass.number, JSON.stringify(end), KEPT_MS);
    return answer === 'done';
  }

  /** Ends the connection. May be called twice. */
  close(): void {
    this.#redis.disconnect();
  }

  /** Of two writers that read the same entry, the second one reads again, so each round brings somebody forward. */
  async #noteSome(notesOf: ReadonlyMap<string, readonly FileNote[]>, pass: IndexPass | undefined): Promise<boolean> {
    let keys = [...notesOf.keys()];
    let isLost = false;
    while (keys.length > 0) {
      const read = await this.#read(keys);
      const changes = keys.flatMap((key) => replacement(key, read.get(key) ?? '', notesOf.get(key) ?? [], pass));
      const of = [pass?.index ?? '', pass?.number ?? ''];
      const [answer, ...conflicts] = await this.#run(REPLACE, newName(), ...of, ...changes.flatMap(words));
      if (answer === 'late') return false;
      if (answer === 'lost') {
        // A damaged index was dropped: what belongs to no pass begins a new one.
        if (pass !== undefined || isLost) return false;
        isLost = true;
        continue;
      }
      keys = conflicts;
    }
    return true;
  }

  async #read(keys: readonly string[]): Promise<Map<string, string>> {
    const shards = [...groupBy(keys, shardOf)];
    const reading = this.#redis.pipeline();
    for (const [shard, fields] of shards) reading.hmget(`${this.#base}${shard}`, ...fields);
    const replies = z.array(Values).parse(await this.#replies('reading the freshness index', reading));
    return new Map(
      shards.flatMap(([, fields], at) =>
        fields.map((field, place): [string, string] => [field, replies[at]?.[place] ?? '']),
      ),
    );
  }

  async #replies(doing: string, reading: ChainableCommander): Promise<unknown[]> {
    try {
      const replies = (await reading.exec()) ?? [];
      for (const [error] of replies) if (error !== null) throw error;
      return replies.map(([, reply]) => reply);
    } catch (error) {
      throw toRedisError(this.#redisUrl, doing, error);
    }
  }

  async #run(script: string, ...arguments_: readonly (string | number)[]): Promise<string[]> {
    try {
      return Texts.parse(await this.#redis.eval(script, 1, this.#base, ...arguments_));
    } catch (error) {
      throw toRedisError(this.#redisUrl, 'writing the freshness index', error);
    }
  }
}

/**
 * Nothing if the notes change nothing. Damaged files are made anew by a pass, which notes all of them; other notes leave them,
 * since the experiment would seem to have no other files.
 */
function replacement(
  field: string,
  read: string,
  notes: readonly FileNote[],
  pass: IndexPass | undefined,
): Replacement[] {
  const known = read === '' ? [] : parseFiles(read);
  if (known === undefined && pass === undefined) return [];
  const entries = new Map((known ?? []).map((entry) => [keyOfFile(entry.file), entry]));
  for (const note of notes) {
    const key = keyOfFile(note.file);
    const entry = noteFile(entries.get(key), note);
    if (entry === undefined) entries.delete(key);
    else entries.set(key, entry);
  }
  const written = entries.size === 0 ? '' : filesText([...entries.values()]);
  return written === read ? [] : [{ key: field, read, written }];
}

function words({ key, read, written }: Replacement): (string | number)[] {
  return [shardOf(key), key, read, written];
}

function shardOf(key: string): number {
  let sum = 0;
  for (const character of key) sum += character.codePointAt(0) ?? 0;
  return sum % SHARDS;
}

/** Not the bare name: `__proto__` gets lost on the way. */
function fieldOf(experiment: string): string {
  return `/${experiment}`;
}

function newName(): string {
  return randomBytes(8).toString('hex');
}
