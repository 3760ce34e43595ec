import { describe, expect, it } from 'vitest';
import { RunningAttempt } from '../../../src/queue/running-attempt.ts';

describe('a running attempt', () => {
  it('passes on what the work comes to', async () => {
    const attempt = new RunningAttempt();

    await expect(attempt.waitFor(Promise.resolve(7))).resolves.toBe(7);
    await expect(attempt.waitFor(Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(attempt.stopped).toBeUndefined();
  });

  it('tells the work why it is to stop', () => {
    const attempt = new RunningAttempt();

    attempt.stop('shutdown');

    expect(attempt.signal.aborted).toBe(true);
    expect(attempt.signal.reason).toMatchObject({ code: 'ABORTED', message: 'The worker is shutting down.' });
    expect(attempt.stopped).toBe('shutdown');
  });

  it('counts a lost lock before all else, because the job may be somebody else’s by then', () => {
    const first = new RunningAttempt();
    const second = new RunningAttempt();

    first.stop('shutdown');
    first.stop('lock lost');
    second.stop('lock lost');
    second.stop('shutdown');

    expect([first.stopped, second.stopped]).toEqual(['lock lost', 'lock lost']);
  });

  it('stays cancelled when the worker shuts down before or after', () => {
    const [first, second] = [new RunningAttempt(), new RunningAttempt()];

    first.stop('shutdown');
    first.stop('cancelled');
    second.stop('cancelled');
    second.stop('shutdown');

    expect([first.stopped, second.stopped]).toEqual(['cancelled', 'cancelled']);
    expect(second.signal.reason).toMatchObject({ code: 'ABORTED', message: 'The job was cancelled.' });
  });

  it('waits no longer for work that was left behind', async () => {
    const attempt = new RunningAttempt();
    const waiting = attempt.waitFor(new Promise(() => {}));

    attempt.abandon();

    await expect(waiting).rejects.toMatchObject({ code: 'ABORTED' });
  });

  it('may be abandoned before there is work to wait for', () => {
    expect(() => new RunningAttempt().abandon()).not.toThrow();
  });
});
