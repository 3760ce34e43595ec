/**
 * A DuckDB file, held only while it is used: DuckDB lets one process at a time write a file, and readers share it only
 * with readers. Work of this process shares one open instance; it is closed when the last piece of work has ended.
 *
 * @see https://duckdb.org/docs/stable/connect/concurrency
 */
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { ContrailError, errorText } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';

export interface DuckDbOptions {
  /** Path of the file. */
  readonly path: string;
  /** How much memory DuckDB may take for all work together, as DuckDB writes sizes; sorts beyond it go to disk. */
  readonly memoryLimit: string;
  /** Threads DuckDB works with. */
  readonly threads: number;
  /** How long to wait for another process to let go of the file, in milliseconds. */
  readonly waitMs: number;
  /** Whether the file is made when it is missing, or that is an error. */
  readonly createIfMissing: boolean;
  /** Keep the file from first use until `close`, as the one process that works on it. */
  readonly keepOpen: boolean;
  readonly clock: Clock;
}

export type Access = 'read' | 'write';

/** A connection that is closed by `release`; releasing twice is harmless. */
export interface Lease {
  readonly connection: DuckDBConnection;
  release(): void;
}

interface OpenFile {
  readonly instance: DuckDBInstance;
  readonly access: Access;
  users: number;
}

const POLL_MS = 100;
const HELD = /Conflicting lock is held(?: in (?<program>\S+))?(?: \(PID (?<pid>\d+)\))?/;

export class DuckDbFile {
  readonly url: string;
  readonly path: string;
  readonly #options: DuckDbOptions;
  #open: OpenFile | undefined;
  /** Callers take turns at entering, so that a writer waiting for readers is not overtaken for ever. */
  #turn: Promise<unknown> = Promise.resolve();
  #onUnused: (() => void) | undefined;
  #isClosed = false;

  constructor(options: DuckDbOptions) {
    this.#options = options;
    this.path = resolve(options.path);
    this.url = `duckdb:${options.path}`;
  }

  /** Whether the file is there. */
  exists(): boolean {
    return existsSync(this.path);
  }

  /** Runs work on a connection of its own and closes it afterwards, whatever happens. */
  async use<T>(access: Access, work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const lease = await this.lease(access);
    try {
      return await work(lease.connection);
    } finally {
      lease.release();
    }
  }

  /**
   * A connection that stays until it is released. Throws WAREHOUSE_UNREADABLE where the file cannot be opened, WAREHOUSE_BUSY when another process holds it for longer than the wait.
   */
  async lease(access: Access): Promise<Lease> {
    const entered = this.#turn.then(() => this.#enter(access));
    this.#turn = entered.catch(() => undefined);
    const file = await entered;
    try {
      return leaseOf(await file.instance.connect(), () => this.#leave(file));
    } catch (error) {
      this.#leave(file);
      throw error;
    }
  }

  /** Lets go of a file that was kept open, as soon as the work under way has ended. */
  close(): void {
    this.#isClosed = true;
    if (this.#open?.users === 0) this.#shut();
  }

  async #enter(access: Access): Promise<OpenFile> {
    const mustWrite = this.#options.keepOpen || (this.#options.createIfMissing && !this.exists());
    const wanted = mustWrite ? 'write' : access;
    if (this.#open !== undefined && this.#open.access === 'read' && wanted === 'write') await this.#untilUnused();
    this.#open ??= await this.#openWithPatience(wanted);
    this.#open.users += 1;
    return this.#open;
  }

  #leave(file: OpenFile): void {
    file.users -= 1;
    if (file.users === 0 && (this.#isClosed || !this.#options.keepOpen)) this.#shut();
  }

  #shut(): void {
    this.#open?.instance.closeSync();
    this.#open = undefined;
    this.#onUnused?.();
    this.#onUnused = undefined;
  }

  async #untilUnused(): Promise<void> {
    if (this.#open === undefined) return;
    await new Promise<void>((done) => {
      this.#onUnused = done;
    });
  }

  async #openWithPatience(access: Access): Promise<OpenFile> {
    // Counted, not read off the clock, which may stand still (CONTRAIL_NOW).
    for (let waitedMs = 0; ; waitedMs += POLL_MS) {
      try {
        return { instance: await this.#openInstance(access), access, users: 0 };
      } catch (error) {
        const held = HELD.exec(errorText(error));
        if (held === null) throw this.#unreadable(error);
        if (waitedMs >= this.#options.waitMs) throw this.#busy(held.groups ?? {}, error);
        await this.#options.clock.sleep(POLL_MS);
      }
    }
  }

  async #openInstance(access: Access): Promise<DuckDBInstance> {
    if (!this.exists()) {
      if (!this.#options.createIfMissing) throw new Error('it is missing');
      mkdirSync(dirname(this.path), { recursive: true });
    }
    return DuckDBInstance.create(this.path, {
      access_mode: access === 'write' ? 'READ_WRITE' : 'READ_ONLY',
      memory_limit: this.#options.memoryLimit,
      threads: String(this.#options.threads),
      // Views may be written by others. None of them reads or writes another file of this machine, attaches a database,
      // loads an extension or reaches the network; and no statement turns that on again.
      autoinstall_known_extensions: 'false',
      enable_external_access: 'false',
      lock_configuration: 'true',
    });
  }

  #unreadable(cause: unknown): ContrailError {
    const problem = this.exists() ? `cannot be opened: ${firstLine(cause)}` : 'does not exist.';
    return new ContrailError('WAREHOUSE_UNREADABLE', `The DuckDB file ${this.path} ${problem}`, {
      subject: this.path,
      hint: 'CONTRAIL_WAREHOUSE must name a DuckDB file that this user can read, as in duckdb:./data/contrail.duckdb.',
      cause,
    });
  }

  #busy(holder: Partial<Record<string, string>>, cause: unknown): ContrailError {
    const who = holder['pid'] === undefined ? 'another process' : `process ${holder['pid']} (${holder['program']})`;
    const waited = this.#options.waitMs / 1000;
    return new ContrailError('WAREHOUSE_BUSY', `The DuckDB file ${this.path} is held by ${who}; waited ${waited} s.`, {
      subject: this.path,
      hint: 'A DuckDB file belongs to one process at a time: end that process, or run this again later.',
      cause,
    });
  }
}

function leaseOf(connection: DuckDBConnection, leave: () => void): Lease {
  let isReleased = false;
  const release = (): void => {
    if (isReleased) return;
    isReleased = true;
    connection.closeSync();
    leave();
  };
  return { connection, release };
}

/** The first line of a message of DuckDB, without the address of its manual. */
export function firstLine(error: unknown): string {
  const line = errorText(error).split('\n', 1)[0] ?? '';
  return line.replace(/ See also https?:\S+/, '').trim();
}
