/** What every clock must do. */
import { describe, expect, it } from 'vitest';
import type { Clock } from '../../src/ports/clock.ts';

export interface ClockWorld {
  readonly clock: Clock;
  /** Resolves when that time has passed on the clock. */
  readonly pass: (ms: number) => Promise<void>;
}

export function describeClock(name: string, setup: () => ClockWorld): void {
  describe(`clock: ${name}`, () => {
    it('moves on, and says for how long', async () => {
      const { clock, pass } = setup();
      const [before, started] = [clock.now(), clock.monotonic()];

      await pass(20);

      expect(clock.monotonic() - started).toBeGreaterThanOrEqual(19);
      expect(clock.now()).toBeGreaterThanOrEqual(before);
    });

    it('sleeps no less than it is told, and in the order of the lengths', async () => {
      const { clock, pass } = setup();
      const woken: string[] = [];
      const started = clock.monotonic();
      const long = clock.sleep(30).then(() => woken.push(`long ${clock.monotonic() - started >= 29}`));
      const short = clock.sleep(5).then(() => woken.push(`short ${clock.monotonic() - started >= 4}`));

      await Promise.all([pass(60), long, short]);

      expect(woken).toEqual(['short true', 'long true']);
    });

    it('stops sleeping with the reason of the signal', async () => {
      const { clock } = setup();
      const stopping = new AbortController();
      const sleeping = clock.sleep(60_000, stopping.signal);

      stopping.abort(new Error('enough'));

      await expect(sleeping).rejects.toThrow('enough');
      await expect(clock.sleep(0, stopping.signal)).rejects.toThrow('enough');
    });

    it('aborts with a TimeoutError when a deadline has passed, and not before', async () => {
      const { clock, pass } = setup();
      const [near, far] = [clock.timeout(5), clock.timeout(60_000)];

      await pass(40);

      expect([near.aborted, far.aborted]).toEqual([true, false]);
      expect(near.reason).toMatchObject({ name: 'TimeoutError' });
    });

    it('fires a timer once, and a cancelled one never', async () => {
      const { clock, pass } = setup();
      const fired: string[] = [];
      clock.startTimer(5, () => fired.push('kept'));
      const cancel = clock.startTimer(5, () => fired.push('cancelled'));
      cancel();
      cancel();

      await pass(40);

      expect(fired).toEqual(['kept']);
    });

    it('refuses a length that is no number', async () => {
      const { clock } = setup();

      expect(() => clock.startTimer(Number.NaN, () => {})).toThrow(RangeError);
      await expect(clock.sleep(Number.NaN)).rejects.toThrow(RangeError);
    });
  });
}
