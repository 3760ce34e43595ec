/** Where somebody else tells that tables have changed. */

export interface NoticeSource {
  /** For messages: `projects/my-project/subscriptions/contrail`. */
  readonly name: string;
  /**
   * Calls back with the content of each message, which then counts as received, until the signal aborts. Messages may come
   * twice, and in any order. Throws if the source cannot be read.
   */
  listen(onMessage: (content: Uint8Array) => void, signal: AbortSignal): Promise<void>;
}
