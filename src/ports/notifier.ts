/** Where messages about alerts go. */
import type { AlertMessage } from '../alerts/message.ts';

export interface Notifier {
  /** The name of the target, as configured: `slack`. What was sent is remembered under it. */
  readonly name: string;
  /**
   * Sends one message, once; it does not try again. Throws THROTTLED or SERVICE_UNAVAILABLE where trying again can
   * help, else ACCESS_DENIED or TARGET_UNWRITABLE. No message of an error holds the address's path: it is a secret.
   */
  send(message: AlertMessage, signal: AbortSignal): Promise<void>;
}
