/** What every source of notices must do. */
import { describe, expect, it } from 'vitest';
import type { NoticeSource } from '../../src/ports/notice-source.ts';

export interface NoticeWorld {
  readonly source: NoticeSource;
  readonly send: (...contents: readonly string[]) => Promise<void>;
}

/** Listens until that many messages have come. */
async function listenFor(source: NoticeSource, count: number): Promise<string[]> {
  const ending = new AbortController();
  const heard: string[] = [];
  await source.listen((content) => {
    heard.push(new TextDecoder().decode(content));
    if (heard.length >= count) ending.abort();
  }, ending.signal);
  return heard;
}

export function describeNoticeSource(name: string, setup: () => Promise<NoticeWorld>): void {
  describe(`notice source: ${name}`, () => {
    it('delivers what was sent before, as it was', async () => {
      const { source, send } = await setup();
      const sent = ['{"a":1}', 'no JSON', 'é 😀', 'x'.repeat(100_000)];
      await send(...sent);

      const heard = await listenFor(source, sent.length);

      expect(heard.toSorted()).toEqual(sent.toSorted());
    });

    it('delivers what is sent while it listens', async () => {
      const { source, send } = await setup();

      const listening = listenFor(source, 200);
      await send(...Array.from({ length: 200 }, (_, index) => `message ${index}`));

      expect(new Set(await listening).size).toBe(200);
    });

    it('delivers to the next listener only what the one before had not', async () => {
      const { source, send } = await setup();
      await send('first');
      const first = await listenFor(source, 1);
      await send('second');

      const second = await listenFor(source, 1);

      expect([first, second]).toEqual([['first'], ['second']]);
    });

    it('ends at once if the signal is aborted', async () => {
      const { source } = await setup();

      await expect(source.listen(() => undefined, AbortSignal.abort())).resolves.toBeUndefined();
    });
  });
}
