/** Sends alert messages. */
import type { AlertMessage } from '../alerts/message.ts';

export interface Notifier {
  /** The name of the target in the settings: `slack`. Sent messages are recorded under it. */
  readonly name: string;
  /**
   * Sends one message, without retries. Throws THROTTLED or SERVICE_UNAVAILABLE if a retry may help, else ACCESS_DENIED or
   * TARGET_UNWRITABLE. Error messages never contain the path of the address, because it is a secret.
   */
  send(message: AlertMessage, signal: AbortSignal): Promise<void>;
}
