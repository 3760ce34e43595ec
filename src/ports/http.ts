/** Requests over HTTP, for the adapters of services. */
import type { ByteLimit } from '../domain/byte-limit.ts';

export interface HttpRequest {
  /** Which service is asked, for measurements: `bigquery`. */
  readonly service: string;
  readonly method: string;
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  /** A text, or pieces that are sent one after another without being joined. */
  readonly body?: string | readonly Uint8Array[];
  /** Sign the request. A signature that is refused (401) is renewed once. */
  readonly credentials?: HttpCredentials;
  /** Follows redirects within the origin, and from http: to https: of the same host; all others are errors. Not unless told. */
  readonly followsRedirects?: boolean;
  /** Asks for a compressed reply and unpacks it. Not unless told. */
  readonly isUnpacked?: boolean;
  /** The most that a reply may hold, unpacked. */
  readonly limit?: ReplyLimit;
  /** How long a try may take with the whole reply; the error is a TimeoutError. */
  readonly timeoutMs?: number;
  /** How long nothing may move on the connection; a minute unless told. A reader that takes its time is no matter. */
  readonly stallMs?: number;
  readonly repeat?: RepeatPolicy;
  /** Called before each request that is sent, renewed and redirected ones included. */
  readonly onSend?: () => void;
  /** Ends the request, down to the socket; it is rejected with the signal's reason. */
  readonly signal: AbortSignal;
}

export interface ReplyLimit extends ByteLimit {
  /** As in “it is larger than …”; `it` unless told. */
  readonly what?: string;
}

export interface HttpCredentials {
  headers(): Promise<Readonly<Record<string, string>>>;
  /** Forgets the token: the service has refused it. */
  renew(): void;
}

/** How long to wait between tries: longer each time, at random up to twice as long, and what the service asks for. */
export interface Pauses {
  readonly firstPauseMs: number;
  /** What each further pause is multiplied by; 2 unless told. */
  readonly factor?: number;
  /** The longest pause, whatever the service asks for. */
  readonly longestPauseMs: number;
}

export interface RepeatPolicy extends Pauses {
  /** How often the request is made at most. */
  readonly tries: number;
  /** Whether another try may help, given what the request or the reader of its reply threw. */
  readonly isWorthIt: (error: unknown) => boolean;
  readonly onPause?: (pause: { readonly tries: number; readonly pauseMs: number; readonly error: unknown }) => void;
}

export interface HttpReply {
  readonly status: number;
  /** Names in lower case; repeated ones are joined by commas. */
  readonly headers: Readonly<Record<string, string>>;
  /** The whole body. */
  bytes(): Promise<Buffer>;
  text(): Promise<string>;
  /** The body piece by piece, also after the request's reader has returned: read it to its end, or discard it. */
  takeBody(): AsyncIterableIterator<Uint8Array>;
  /** Lets go of what has not been read. May be called at any time. */
  discard(): void;
}

export interface Http {
  /**
   * Sends a request and hands the reply to `read`, again after failures that are worth it. What `read` leaves unread is
   * discarded. Throws what the connection or `read` threw last.
   */
  request<Result>(request: HttpRequest, read: (reply: HttpReply, tries: number) => Promise<Result>): Promise<Result>;
  /** Waits before another try, for callers that repeat requests themselves. */
  pause(pauses: Pauses, tries: number, options: PauseOptions): Promise<void>;
}

export interface PauseOptions {
  /** Headers of the reply that made the pause necessary: Retry-After counts. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly onPause?: ((pauseMs: number) => void) | undefined;
  readonly signal: AbortSignal;
}
