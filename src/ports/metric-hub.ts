/**
 * The repository of metric definitions. A revision never changes; a newer one replaces it as a whole. What the files
 * say is not the port's business: it hands out bytes.
 */

export interface HubFile {
  /** From the root of the repository, with `/`. */
  readonly path: string;
  /** Equal for equal content, so that a file is parsed once however many revisions hold it. */
  readonly contentId: string;
  /** The bytes. Throws METRIC_HUB_UNREADABLE. */
  read(signal: AbortSignal): Promise<Uint8Array>;
}

export interface HubRevision {
  /** Hash of the commit; where there is no history, another text that is equal for equal content. */
  readonly id: string;
  /** Milliseconds since 1970; undefined where there is no history. */
  readonly committedAt: number | undefined;
  /** The files that `domain/metric-hub-path.ts` knows, by path. Throws METRIC_HUB_UNREADABLE. */
  files(signal: AbortSignal): Promise<readonly HubFile[]>;
  /**
   * Full hash of the last commit, up to the state's newest, that touched the file; null where no history is at hand or
   * the file is not known.
   */
  lastCommitOf(path: string, signal: AbortSignal): Promise<string | null>;
}

/** What is known of the repository at one moment. */
export interface HubState {
  readonly newest: HubRevision;
  /** Why this is not, or may not be, the present state: the repository could not be reached, so the last good one serves. */
  readonly warning: string | undefined;
  /**
   * The latest revision not after that time (milliseconds since 1970), then each newer one, up to the newest. The oldest
   * begins the list where all are newer; without history there is the newest alone.
   */
  since(timeMs: number, signal: AbortSignal): Promise<readonly HubRevision[]>;
}

export interface MetricHub {
  /** The repository as people know it. */
  readonly url: string;
  /** Whether nothing that is configured here may be published (spec: metadata, section 1). */
  readonly isPrivate: boolean;
  /**
   * The present state, looked up at most once in a configured time and shared by all callers. Throws
   * METRIC_HUB_UNREADABLE only where no good state was ever seen. An abort ends this caller's waiting alone.
   */
  current(signal: AbortSignal): Promise<HubState>;
}
