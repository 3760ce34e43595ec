/** What keeps this process from its work, as its last attempts and passes told: a sentence for each subject. */
import type { Clock } from '../../ports/clock.ts';

/** After this without news, nobody knows whether it still holds. */
const KEPT_MS = 15 * 60_000;

export class Troubles {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #known = new Map<string, { readonly sentence: string; readonly at: number }>();

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** The subject is a queue or a service: there are few. */
  note(subject: string, sentence: string): void {
    this.#known.set(subject, { sentence, at: this.#clock.monotonic() });
  }

  over(subject: string): void {
    this.#known.delete(subject);
  }

  get sentences(): string[] {
    const now = this.#clock.monotonic();
    for (const [subject, { at }] of this.#known) if (now - at > KEPT_MS) this.#known.delete(subject);
    return [...this.#known].map(([subject, { sentence }]) => `${subject}: ${sentence}`);
  }
}
