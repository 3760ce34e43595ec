/** A pull subscription of Google Pub/Sub. The library, which is large, is loaded when listening begins. */
import type { Message, PubSub } from '@google-cloud/pubsub';
import { ContrailError, errorText } from '../../domain/errors.ts';
import type { NoticeSource } from '../../ports/notice-source.ts';

export interface PubSubOptions {
  /** `projects/my-project/subscriptions/contrail`. */
  readonly subscription: string;
  /** URL of an emulator. No credentials are sent to it. */
  readonly emulator?: string;
}

/** How much may be on its way; the service keeps the rest. */
const FLOW = { maxMessages: 500, maxBytes: 16 * 1024 * 1024, allowExcessMessages: false };
/** gRPC's codes. */
const NOT_FOUND = 5;
const PERMISSION_DENIED = 7;
const UNAUTHENTICATED = 16;

export class PubSubNoticeSource implements NoticeSource {
  readonly name: string;
  readonly #options: PubSubOptions;

  constructor(options: PubSubOptions) {
    this.name = options.subscription;
    this.#options = options;
  }

  async listen(onMessage: (content: Uint8Array) => void, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const client = await this.#connect();
    const subscription = client.subscription(this.name, { flowControl: FLOW });
    try {
      await new Promise<void>((resolve, reject) => {
        subscription.on('error', (error) => reject(this.#failure(error)));
        subscription.on('message', (message: Message) => {
          // The next scan finds what is lost after this.
          message.ack();
          onMessage(message.data);
        });
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
    } finally {
      // A connection that is gone cannot be closed in good order.
      await subscription.close().catch(() => undefined);
      await client.close().catch(() => undefined);
    }
  }

  async #connect(): Promise<PubSub> {
    const { subscription, emulator } = this.#options;
    const { PubSub: Client } = await import('@google-cloud/pubsub');
    const [, projectId = ''] = subscription.split('/');
    return new Client({
      projectId,
      ...(emulator === undefined
        ? {}
        : { apiEndpoint: new URL(emulator).host, emulatorMode: true, universeDomain: 'googleapis.com' }),
    });
  }

  #failure(error: unknown): ContrailError {
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
    const details = { subject: this.name, cause: error };
    if (code === NOT_FOUND) {
      return new ContrailError('CONFIG_INVALID', `The subscription ${this.name} does not exist.`, {
        ...details,
        hint: 'Create it, or correct CONTRAIL_NOTIFY_SUBSCRIPTION.',
      });
    }
    if (code === PERMISSION_DENIED || code === UNAUTHENTICATED) {
      return new ContrailError('ACCESS_DENIED', `The subscription ${this.name} may not be read: ${errorText(error)}`, {
        ...details,
        hint: 'Grant roles/pubsub.subscriber on it to the account of the scheduler.',
      });
    }
    return new ContrailError(
      'SERVICE_UNAVAILABLE',
      `Reading the subscription ${this.name} failed: ${errorText(error)}`,
      details,
    );
  }
}
