import { describe, expect, it, onTestFinished } from 'vitest';
import { VirtualClock } from '../../../src/adapters/memory/virtual-clock.ts';
import { type PassReport, Repeating, type RepeatingConfig } from '../../../src/app/repeating.ts';
import { ContrailError } from '../../../src/domain/errors.ts';
import { recordedLog } from '../../support/recorded-log.ts';

const NOW = Date.parse('2026-01-15T12:00:00Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A service whose passes are told by the times at which they begin, counted from the start. */
function setup(config: Partial<RepeatingConfig> = {}) {
  const clock = new VirtualClock(NOW);
  const log = recordedLog();
  const begun: number[] = [];
  const service = new Repeating({
    name: 'look',
    intervalMs: MINUTE,
    clock,
    log,
    ...config,
    pass: async (signal, named) => {
      begun.push(clock.monotonic());
      await config.pass?.(signal, named);
    },
  });
  onTestFinished(async () => {
    void service.stop();
    await clock.advance(24 * HOUR);
  });
  return { clock, log, begun, service };
}

/** Ends when it is aborted, like a request that is never answered. */
function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true });
  });
}

describe('a repeating service', () => {
  it('passes at once and then after each interval, however often it is started', async () => {
    const { service, clock, begun } = setup();

    service.start();
    service.start();
    await clock.advance(2 * MINUTE + 1);

    expect(begun).toEqual([0, MINUTE, 2 * MINUTE]);
  });

  it('counts the interval from the end of a pass, and never overlaps itself', async () => {
    const { service, clock, begun } = setup({ pass: () => clock.sleep(3 * MINUTE) });

    service.start();
    await clock.advance(8 * MINUTE + 1);

    expect(begun).toEqual([0, 4 * MINUTE, 8 * MINUTE]);
  });

  it('logs a pass that failed under its name, and goes on', async () => {
    const failing = new ContrailError('WAREHOUSE_BUSY', 'Busy.', { hint: 'Wait.' });
    const { service, clock, log, begun } = setup({
      pass: () => (begun.length === 1 ? Promise.reject(failing) : Promise.resolve()),
    });

    service.start();
    const first = await service.passed;
    const second = service.passed;
    await clock.advance(MINUTE);

    expect([first, await second, begun.length]).toEqual(['failed', 'done', 2]);
    expect(log.lines).toEqual([
      {
        level: 'warn',
        fields: { service: 'look', code: 'WAREHOUSE_BUSY', problem: 'Busy. Wait.' },
        text: 'a pass failed; the next one tries again',
      },
    ]);
  });

  it('logs failures in the words and at the level of its configuration, and names itself in lines of its passes', async () => {
    const { service, log } = setup({
      failure: { level: 'debug', text: 'still away' },
      pass: (_signal, named) => {
        named.info({ found: 1 }, 'looked');
        throw new Error('away');
      },
    });

    await service.runOnce();

    expect(log.lines).toMatchObject([
      { level: 'info', fields: { service: 'look', found: 1 }, text: 'looked' },
      { level: 'debug', fields: { service: 'look' }, text: 'still away' },
    ]);
  });

  it('makes pauses longer by chance, where it is told to', async () => {
    const chances = [0, 0.5];
    const { service, clock, begun } = setup({
      jitter: { share: 0.2, random: { fraction: () => chances.shift() ?? 0 } },
    });

    service.start();
    await clock.advance(10 * MINUTE);

    expect(begun.slice(0, 4)).toEqual([0, MINUTE, 2.1 * MINUTE, 3.1 * MINUTE]);
  });
});

describe('a pass that takes very long', () => {
  it('is told of while it goes on', async () => {
    const told: PassReport[] = [];
    let wait = 26 * MINUTE;
    const { service, clock, log } = setup({
      onSlowPass: (report) => told.push(report),
      pass: async () => {
        await clock.sleep(wait);
        wait = 0;
      },
    });

    service.start();
    await clock.advance(2 * HOUR);

    expect(told).toEqual([15, 25].map((minutes) => ({ service: 'look', durationMs: minutes * MINUTE })));
    expect(log.lines.map(({ level, text }) => [level, text])).toEqual(
      Array.from({ length: 2 }, () => ['warn', expect.stringContaining('takes long')]),
    );
  });
});

describe('a repeating service that is stopped', () => {
  it('aborts the pass under way at once, and does not call that a failure', async () => {
    const { service, clock, log, begun } = setup({ pass: untilAborted });
    service.start();
    await clock.settle();

    await service.stop();

    expect([begun, log.lines]).toEqual([[0], []]);
  });

  it('lets the pass under way end where it has patience', async () => {
    const ended: number[] = [];
    const { service, clock } = setup({
      patienceMs: 10_000,
      pass: async () => {
        await clock.sleep(4_000);
        ended.push(clock.monotonic());
      },
    });
    service.start();
    await clock.settle();

    const stopped = service.stop().then(() => clock.monotonic());
    await clock.advance(MINUTE);

    expect([ended, await stopped, clock.pending]).toEqual([[4_000], 4_000, 0]);
  });

  it('aborts it when the patience is over', async () => {
    const { service, clock } = setup({ patienceMs: 10_000, pass: untilAborted });
    service.start();
    await clock.settle();

    const stopped = service.stop().then(() => clock.monotonic());
    await clock.advance(MINUTE);

    expect(await stopped).toBe(10_000);
  });

  it('leaves no timer, and passes no more', async () => {
    const { service, clock, begun } = setup();
    service.start();
    await clock.settle();

    await service.stop();
    service.start();
    await service.runOnce();
    await clock.advance(HOUR);

    expect([begun, clock.pending]).toEqual([[0], 0]);
  });

  it('can be stopped twice, before it was started, and while it is paused', async () => {
    const { service: idle, begun } = setup();
    await Promise.all([idle.stop(), idle.stop()]);
    idle.start();
    const { service: paused, begun: pausedBegun } = setup();
    paused.pause();
    paused.start();

    await paused.stop();

    expect([begun, pausedBegun]).toEqual([[], []]);
  });
});

describe('a pass on demand', () => {
  it('is done at once, without a start', async () => {
    const { service, begun } = setup();

    await service.runOnce();

    expect(begun).toEqual([0]);
  });

  it('waits for the pass under way, and is shared by all who ask meanwhile', async () => {
    const { service, clock, begun } = setup({ pass: () => clock.sleep(5_000) });
    service.start();
    await clock.settle();

    const asked = Promise.all([service.runOnce(), service.runOnce(), service.runOnce()]);
    await clock.advance(20_000);
    await asked;

    expect(begun).toEqual([0, 5_000]);
  });

  it('never rejects', async () => {
    const { service } = setup({ pass: () => Promise.reject(new Error('away')) });

    await expect(service.runOnce()).resolves.toBeUndefined();
  });
});

describe('a paused service', () => {
  it('begins no pass until it is resumed, then at once the one that has become due', async () => {
    const { service, clock, begun } = setup();
    service.start();
    await clock.settle();

    service.pause();
    await clock.advance(10 * MINUTE);
    const whilePaused = [...begun];
    service.resume();
    await clock.advance(MINUTE + 1);

    expect([whilePaused, begun]).toEqual([[0], [0, 10 * MINUTE, 11 * MINUTE]]);
  });

  it('keeps its interval where it is resumed before the next pass is due', async () => {
    const { service, clock, begun } = setup();
    service.start();
    await clock.settle();

    service.pause();
    service.pause();
    await clock.advance(MINUTE / 2);
    service.resume();
    service.resume();
    await clock.advance(MINUTE / 2);

    expect(begun).toEqual([0, MINUTE]);
  });

  it('passes on demand all the same', async () => {
    const { service, begun } = setup();
    service.pause();
    service.start();

    await service.runOnce();

    expect(begun).toHaveLength(1);
  });
});

describe('a repeating service whose clock is set', () => {
  it.each([
    ['back', -HOUR],
    ['forward', HOUR],
  ])('an hour %s passes neither later nor more often', async (_, byMs) => {
    const { service, clock, begun } = setup();
    service.start();
    await clock.advance(MINUTE / 2);

    clock.set(clock.now() + byMs);
    await clock.advance(2 * MINUTE);

    expect(begun).toEqual([0, MINUTE, 2 * MINUTE]);
  });
});
