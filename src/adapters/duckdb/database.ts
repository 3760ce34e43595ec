/**
 * A DuckDB file, opened only while it is used: DuckDB lets one process write a file, or several read it. All work of this
 * process shares one open instance, which closes when the last piece of work has ended.
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
  /** DuckDB's memory limit for all work together, in DuckDB's notation; larger sorts go to disk. */
  readonly memoryLimit: string;
  /** DuckDB's threads. */
  readonly threads: number;
  /** How long to wait while another process holds the file, milliseconds. */
  readonly waitMs: number;
  /** Whether to create a missing file; otherwise it is an error. */
  readonly createIfMissing: boolean;
  /** Keep the file open from first use until `close`, for a process that owns it. */
  readonly keepOpen: boolean;
  readonly clock: Clock;
}

export type Access = 'read' | 'write';

/** A connection that `release` closes; releasing twice is harmless. */
export interface Lease {
  readonly connection: DuckDBConnection;
  /**
   * Interrupts what runs on the connection, again and again until the returned function is called: DuckDB forgets an
   * interruption that comes before a query has begun.
   */
  interrupt(): () => void;
  release(): void;
}

interface OpenFile {
  readonly instance: DuckDBInstance;
  readonly access: Access;
  users: number;
}

const POLL_MS = 100;
const INTERRUPT_MS = 20;
const HELD = /Conflicting lock is held(?: in (?<program>\S+))?(?: \(PID (?<pid>\d+)\))?/;

export class DuckDbFile {
  readonly url: string;
  readonly path: string;
  readonly #options: DuckDbOptions;
  #open: OpenFile | undefined;
  /** Callers enter one after another, so that readers cannot overtake a waiting writer for ever. */
  #turn: Promise<unknown> = Promise.resolve();
  #onUnused: (() => void) | undefined;
  #isClosed = false;

  constructor(options: DuckDbOptions) {
    this.#options = options;
    this.path = resolve(options.path);
    this.url = `duckdb:${options.path}`;
  }

  /** Whether the file exists. */
  exists(): boolean {
    return existsSync(this.path);
  }

  /** Runs work on a new connection and always closes it. */
  async use<T>(access: Access, work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const lease = await this.lease(access);
    try {
      return await work(lease.connection);
    } finally {
      lease.release();
    }
  }

  /** A connection that stays open until it is released. Throws WAREHOUSE_UNREADABLE if the file cannot be opened, WAREHOUSE_BUSY if another process holds it for too long. */
  async lease(access: Access): Promise<Lease> {
    const entered = this.#turn.then(() => this.#enter(access));
    this.#turn = entered.catch(() => undefined);
    const file = await entered;
    try {
      return leaseOf(await file.instance.connect(), this.#options.clock, () => this.#leave(file));
    } catch (error) {
      this.#leave(file);
      throw error;
    }
  }

  /** Closes a file that was kept open, as soon as its work has ended. */
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
    // Count attempts, because the clock may stand still (CONTRAIL_NOW).
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
      // Others may write the views. They must not read or write other files, attach databases, load extensions or use the
      // network; no statement can turn that on again.
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
      hint: 'Only one process at a time can use a DuckDB file: end that process, or run this again later.',
      cause,
    });
  }
}

function leaseOf(connection: DuckDBConnection, clock: Clock, leave: () => void): Lease {
  let isReleased = false;
  const release = (): void => {
    if (isReleased) return;
    isReleased = true;
    connection.closeSync();
    leave();
  };
  const interrupt = (): (() => void) => {
    let cancel = (): void => undefined;
    const again = (): void => {
      if (isReleased) return;
      connection.interrupt();
      cancel = clock.startTimer(INTERRUPT_MS, again);
    };
    again();
    return () => cancel();
  };
  return { connection, interrupt, release };
}

/** The first line of a DuckDB message, without the link to its manual. */
export function firstLine(error: unknown): string {
  const line = errorText(error).split('\n', 1)[0] ?? '';
  return line.replace(/ See also https?:\S+/, '').trim();
}
