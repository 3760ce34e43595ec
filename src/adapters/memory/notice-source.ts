/** Notices inside one process. */
import type { NoticeSource } from '../../ports/notice-source.ts';

export class MemoryNoticeSource implements NoticeSource {
  readonly name = 'memory:';
  readonly #waiting: Uint8Array[] = [];
  #onMessage: ((content: Uint8Array) => void) | undefined;

  send(content: string | Uint8Array): void {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    if (this.#onMessage === undefined) this.#waiting.push(bytes);
    else this.#onMessage(bytes);
  }

  async listen(onMessage: (content: Uint8Array) => void, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    this.#onMessage = onMessage;
    const ended = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    signal.addEventListener('abort', () => (this.#onMessage = undefined), { once: true });
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      onMessage(next);
      if (signal.aborted) break;
    }
    await ended;
  }
}
