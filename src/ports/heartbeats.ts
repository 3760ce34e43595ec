/** Which processes of an installation are alive, so that `doctor` can tell. */

export type ProcessRole = 'worker' | 'scheduler';

export interface ProcessIdentity {
  readonly role: ProcessRole;
  /** Host and process id. */
  readonly name: string;
  /** The queues whose jobs it takes; none for a scheduler. */
  readonly queues: readonly string[];
}

export interface Heartbeats {
  /** Notes that a process is alive, by the clock of the store. Throws while the store is away. */
  beat(process: ProcessIdentity): Promise<void>;
  /** Forgets a process that ends. */
  leave(process: ProcessIdentity): Promise<void>;
  /** The processes of the last minute. */
  alive(): Promise<readonly ProcessIdentity[]>;
  /** Closes the connection. May be called twice. */
  close(): void;
}
