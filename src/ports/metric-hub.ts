/** The repository of metric definitions. A revision never changes. This port returns bytes and does not parse them. */

export interface HubFile {
  /** Path from the root of the repository, with `/`. */
  readonly path: string;
  /** The same for the same content, so that a file in many revisions is parsed once. */
  readonly contentId: string;
  /** The bytes. Throws METRIC_HUB_UNREADABLE. */
  read(signal: AbortSignal): Promise<Uint8Array>;
}

export interface HubRevision {
  /** Hash of the commit or, without history, a hash of the content. */
  readonly id: string;
  /** Milliseconds since 1970; undefined without history. */
  readonly committedAt: number | undefined;
  /** The files of `domain/metric-hub-path.ts`, by path. Throws METRIC_HUB_UNREADABLE. */
  files(signal: AbortSignal): Promise<readonly HubFile[]>;
  /** Full hash of the last commit that touched the file, up to the state's newest; null without history, or for an unknown file. */
  lastCommitOf(path: string, signal: AbortSignal): Promise<string | null>;
}

/** The state of the repository at one moment. */
export interface HubState {
  readonly newest: HubRevision;
  /** Why this may be an old state: the repository could not be reached, so this is the last good one. */
  readonly warning: string | undefined;
  /**
   * The latest revision not after that time (milliseconds since 1970), then each newer one, up to the newest. If all are
   * newer, the list begins with the oldest. Without history it has only the newest.
   */
  since(timeMs: number, signal: AbortSignal): Promise<readonly HubRevision[]>;
}

export interface MetricHub {
  /** The repository, for messages. */
  readonly url: string;
  /** Whether metric-hub is private, so nothing from it may be published (spec: metadata, section 1). */
  readonly isPrivate: boolean;
  /**
   * The current state. It is looked up at most once per configured time and shared by all callers. Throws
   * METRIC_HUB_UNREADABLE only if there was never a good state. An abort ends only this caller's wait.
   */
  current(signal: AbortSignal): Promise<HubState>;
}
