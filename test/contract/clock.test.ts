import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../src/adapters/memory/virtual-clock.ts';
import { fixedClock, systemClock } from '../../src/adapters/system/clock.ts';
import { describeClock } from './clock.ts';

const NOW = Date.parse('2026-01-15T12:00:00Z');

describeClock('system', () => ({ clock: systemClock, pass: (ms) => systemClock.sleep(ms) }));

describeClock('fixed', () => ({ clock: fixedClock(NOW), pass: (ms) => systemClock.sleep(ms) }));

describeClock('virtual', () => {
  const clock = new VirtualClock(NOW);
  return { clock, pass: (ms) => clock.advance(ms) };
});

describe('the fixed clock', () => {
  it('stands still', async () => {
    const clock = fixedClock(NOW);

    await clock.sleep(5);

    expect(clock.now()).toBe(NOW);
  });
});

describe('the virtual clock', () => {
  it('fires timers that other timers have started, each at its time', async () => {
    const clock = new VirtualClock(NOW);
    const fired: number[] = [];
    const again = (): void => {
      fired.push(clock.now() - NOW);
      if (fired.length < 3) clock.startTimer(1_000, again);
    };
    clock.startTimer(1_000, again);

    await clock.advance(10_000);

    expect([fired, clock.now() - NOW, clock.pending]).toEqual([[1_000, 2_000, 3_000], 10_000, 0]);
  });

  it('jumps to a time that is set, without waking anybody', async () => {
    const clock = new VirtualClock(NOW);
    let hasFired = false;
    clock.startTimer(1_000, () => (hasFired = true));

    clock.set(NOW + 3_600_000);

    await clock.settle();
    expect([clock.now() - NOW, clock.monotonic(), hasFired]).toEqual([3_600_000, 0, false]);
  });
});
