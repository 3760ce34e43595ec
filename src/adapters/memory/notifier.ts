/** Messages about alerts, kept in memory. */
import type { AlertMessage } from '../../alerts/message.ts';
import type { ContrailError } from '../../domain/errors.ts';
import type { Notifier } from '../../ports/notifier.ts';

export class MemoryNotifier implements Notifier {
  readonly name: string;
  readonly #sent: AlertMessage[] = [];
  #failure: ContrailError | undefined;

  constructor(name: string) {
    this.name = name;
  }

  async send(message: AlertMessage, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#failure !== undefined) throw this.#failure;
    this.#sent.push(structuredClone(message));
  }

  /** What has arrived, in order. */
  get sent(): readonly AlertMessage[] {
    return this.#sent;
  }

  /** Refuses every message with this error from now on; undefined takes them again. */
  refuse(failure: ContrailError | undefined): void {
    this.#failure = failure;
  }
}
