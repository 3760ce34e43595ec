/** Alert messages over HTTP: a signed JSON body for any receiver, or a Slack incoming webhook. */
import type { AlertMessage } from '../../alerts/message.ts';
import { signatureHeaders, slackBody, webhookBody } from './message-formats.ts';
import { ContrailError, type ErrorCode, errorText } from '../../domain/errors.ts';
import { Secret, WebAddress } from '../../domain/secret.ts';
import { CONTRAIL_VERSION } from '../../domain/version.ts';
import type { WallClock } from '../../ports/clock.ts';
import type { Http, HttpReply, HttpRequest } from '../../ports/http.ts';
import type { Notifier } from '../../ports/notifier.ts';

export interface WebhookOptions {
  readonly name: string;
  readonly format: 'json' | 'slack';
  /** Only its host is ever shown, because the path of a Slack webhook is its password. */
  readonly url: Secret;
  /** Signs the body; not for Slack. */
  readonly secret?: Secret;
  /** The address of our pages, for links. */
  readonly pages?: string;
  readonly http: Http;
  readonly timeoutMs: number;
  readonly clock: WallClock;
}

/** Most bytes of an error reply that are read and shown. */
const MOST_REASON_BYTES = 200;

export class WebhookNotifier implements Notifier {
  readonly name: string;
  readonly #options: WebhookOptions;
  readonly #address: WebAddress;

  constructor(options: WebhookOptions) {
    this.name = options.name;
    this.#options = options;
    this.#address = new WebAddress(options.url.reveal());
  }

  async send(message: AlertMessage, signal: AbortSignal): Promise<void> {
    const { format, secret, clock, pages } = this.#options;
    const { url, headers: authorization } = this.#address.request();
    const sentAt = clock.now();
    const body = format === 'slack' ? slackBody(message, pages) : webhookBody(message, { sentAt, pages });
    const signature = secret === undefined ? {} : signatureHeaders(body, secret.reveal(), sentAt);
    const headers = {
      'content-type': 'application/json',
      'user-agent': `contrail/${CONTRAIL_VERSION}`,
      ...authorization,
      ...signature,
    };
    const { status, reason } = await this.#post({ url, headers, body, signal });
    signal.throwIfAborted();
    if (status < 200 || status > 299) throw this.#refusal(status, reason);
  }

  /** Redirects are not followed: they would pass the message and its signature to another server. */
  async #post(request: Pick<HttpRequest, 'url' | 'headers' | 'body' | 'signal'>) {
    const { http, timeoutMs } = this.#options;
    try {
      return await http.request(
        { service: 'webhook', method: 'POST', ...request, isUnpacked: true, timeoutMs },
        async (reply) => ({ status: reply.status, reason: await beginningOf(reply) }),
      );
    } catch (error) {
      const isTimeout = error instanceof Error && error.name === 'TimeoutError';
      const reason = isTimeout ? `no answer within ${timeoutMs} ms` : errorText(error);
      if (this.#isSecret(reason)) throw this.#error('SERVICE_UNAVAILABLE', 'it cannot be reached', {});
      throw this.#error('SERVICE_UNAVAILABLE', reason, { cause: error });
    }
  }

  #refusal(status: number, reason: string): ContrailError {
    const quoted = this.#isSecret(reason)
      ? ' (the answer is not shown, because it repeats a secret)'
      : quotedIn(reason);
    const hint = `Check the address and the secret of the notification target ${this.name}.`;
    const details = status < 500 && status !== 429 ? { hint } : {};
    return this.#error(codeOf(status), `it replied with status ${status}${quoted}`, details);
  }

  /** Receivers often repeat the path or the headers of the request. */
  #isSecret(text: string): boolean {
    const { url, secret } = this.#options;
    const { pathname, search } = new URL(url.reveal());
    const isTold = new Secret(`${pathname}${search}`).isIn(text) || this.#address.shown(text) !== text;
    return isTold || secret?.isIn(text) === true;
  }

  #error(code: ErrorCode, reason: string, details: { cause?: unknown; hint?: string }): ContrailError {
    const message = `The alert message to ${this.name} (${this.#address.host}) was not accepted: ${reason}.`;
    return new ContrailError(code, message, { subject: this.name, ...details });
  }
}

function quotedIn(reason: string): string {
  return reason === '' ? '' : ` (${JSON.stringify(reason)})`;
}

function codeOf(status: number): ErrorCode {
  if (status === 429) return 'THROTTLED';
  if (status >= 500 || status === 408) return 'SERVICE_UNAVAILABLE';
  return status === 401 || status === 403 ? 'ACCESS_DENIED' : 'TARGET_UNWRITABLE';
}

/** The first bytes of a reply, without waiting for the rest. A reply that breaks off counts too. */
async function beginningOf(reply: HttpReply): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of reply.takeBody()) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= MOST_REASON_BYTES) break;
    }
  } catch {
    // The status has come; only its explanation is lost.
  }
  return Buffer.concat(chunks).subarray(0, MOST_REASON_BYTES).toString('utf8').trim();
}
