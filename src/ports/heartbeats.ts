/** Which processes of an installation are alive, and whether the store of the queues kept its data. */

export type ProcessRole = 'worker' | 'scheduler';

export interface ProcessIdentity {
  readonly role: ProcessRole;
  /** Host and process id. */
  readonly name: string;
  /** The queues whose jobs it takes; none for a scheduler. */
  readonly queues: readonly string[];
}

/** What the store tells at a beat. */
export interface Beat {
  /** The time by its clock, milliseconds since 1970. */
  readonly storeNow: number;
  /** Names the data of the store: another name after it was emptied. */
  readonly dataName: string;
}

export interface Heartbeats {
  /** Notes that a process is alive, by the clock of the store. Throws while the store is away. */
  beat(process: ProcessIdentity): Promise<Beat>;
  /** Forgets a process that ends. */
  leave(process: ProcessIdentity): Promise<void>;
  /** The processes of the last minute. */
  alive(): Promise<readonly ProcessIdentity[]>;
  /** Notes that the store has lost its data. May be repeated. */
  noteLoss(): Promise<void>;
  /** When that was noted, by the clock of the store; undefined if not in the last day. */
  lostAt(): Promise<number | undefined>;
  /** Closes the connection. May be called twice. */
  close(): void;
}
