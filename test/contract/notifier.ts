/** What every notifier must do. */
import { describe, expect, it } from 'vitest';
import type { AlertMessage } from '../../src/alerts/message.ts';
import type { Notifier } from '../../src/ports/notifier.ts';

export interface NotifierWorld {
  readonly notifier: Notifier;
  /** Titles of the messages that have arrived. */
  readonly arrived: () => readonly string[];
  /** The target is busy, or refuses what it is sent. */
  readonly refuse: (how: 'busy' | 'forbidden') => void;
}

const message = (title: string): AlertMessage => ({ title, lines: [], alerts: [], count: 1 });

export function describeNotifier(name: string, setup: () => Promise<NotifierWorld>): void {
  const never = new AbortController().signal;

  describe(`notifier: ${name}`, () => {
    it('delivers messages one by one, under its name', async () => {
      const { notifier, arrived } = await setup();

      await notifier.send(message('1 alert opened'), never);
      await notifier.send(message('1 alert resolved'), never);

      expect([notifier.name, arrived()]).toEqual(['team', ['1 alert opened', '1 alert resolved']]);
    });

    it.each([
      ['busy', 'THROTTLED'],
      ['forbidden', 'ACCESS_DENIED'],
    ] as const)('sends once, and says why a target that is %s did not take it', async (how, code) => {
      const { notifier, arrived, refuse } = await setup();
      refuse(how);

      const sending = notifier.send(message('1 alert opened'), never);

      await expect(sending).rejects.toMatchObject({ code });
      expect(arrived()).toEqual([]);
    });

    it('sends nothing once it is aborted', async () => {
      const { notifier, arrived } = await setup();
      const signal = AbortSignal.abort(new Error('stop'));

      await expect(notifier.send(message('1 alert opened'), signal)).rejects.toThrow('stop');
      expect(arrived()).toEqual([]);
    });
  });
}
