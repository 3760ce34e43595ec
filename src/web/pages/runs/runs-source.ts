/** What the pages of the runs need: the runs of a range, and which of them is the newest of its file. */

/** An attempt that ended. */
export interface RunFacts {
  readonly queue: string;
  readonly jobId: string;
  readonly attempt: number;
  /** Milliseconds since 1970. */
  readonly finishedAt: number;
  /** `my-slug weekly`, `query:errors` */
  readonly subject: string;
  readonly experiment: string | undefined;
  readonly outcome: string;
  readonly code: string | undefined;
  readonly message: string | undefined;
  readonly durationMs: number | undefined;
  readonly rows: number | undefined;
  readonly bytesWritten: number | undefined;
  readonly costUsd: number | undefined;
  readonly worker: string | undefined;
  /** Whether no later run of the same file or task decided something. */
  readonly isLatest: boolean;
}

export interface RunsLook {
  /** Newest first. */
  readonly runs: readonly RunFacts[];
  /** Older ones were left out, because there were too many. */
  readonly isCut: boolean;
  /** When they were read, milliseconds since 1970. */
  readonly asOf: number;
  /** Why they could not be read. */
  readonly problem?: string;
}

export interface RunsSource {
  /** All runs that ended since then. It never rejects. */
  read(since: number): Promise<RunsLook>;
}
