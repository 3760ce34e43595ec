/** What every freshness index must do. */
import { describe, expect, it } from 'vitest';
import type { IndexedFile, PublishedFile } from '../../src/domain/freshness/file-entry.ts';
import type { FileNote } from '../../src/domain/freshness/file-note.ts';
import type { FreshnessIndex, IndexPass } from '../../src/ports/freshness-index.ts';

export interface FreshnessIndexWorld {
  readonly index: FreshnessIndex;
  /** Another process's view of the same index. */
  readonly other: FreshnessIndex;
  /** Loses all that is kept. */
  readonly lose: () => Promise<void>;
}

const AT = Date.parse('2026-01-15T12:00:00Z');
const UNREAD = { code: 'WAREHOUSE_UNREADABLE', sentence: 'no log rows' };
const version = (hour: number) => `2026-01-15T${String(hour).padStart(2, '0')}:00:00.000Z`;
const weekly = (experiment = 'my-slug'): IndexedFile => ({ product: 'statistics', experiment, period: 'weekly' });
const object = (hour: number, generation = String(hour)): PublishedFile => ({
  version: version(hour),
  generation,
  at: AT + hour * 1_000,
  rows: 12,
  leftOut: 1,
  bytes: 345,
  windows: '1-6',
});
const published = (hour: number, file = weekly()): FileNote => ({ kind: 'published', file, published: object(hour) });

function seen(pass: IndexPass, hour: number, file = weekly()): FileNote {
  return { kind: 'seen', file, pass: pass.number, source: { version: version(hour), seenAt: AT } };
}

async function scan(index: FreshnessIndex, notesOf: (pass: IndexPass) => FileNote[]): Promise<boolean> {
  const pass = await index.begin();
  return (await index.note(notesOf(pass), pass)) && index.finish(pass, { at: AT, unread: [UNREAD] });
}

export function describeFreshnessIndex(name: string, setup: () => FreshnessIndexWorld): void {
  describe(`freshness index: ${name}`, () => {
    it('has nothing to read before a scan has ended', async () => {
      const { index } = setup();
      const before = await index.read();
      const pass = await index.begin();
      await index.note([seen(pass, 3), published(2)], pass);

      const during = await index.read();
      await index.finish(pass, { at: AT, unread: [] });

      expect([before, during]).toEqual([undefined, undefined]);
      expect((await index.read())?.entries).toMatchObject([{ file: weekly(), newer: { version: version(3) } }]);
    });

    it('gives what other processes noted, with everything that is known of the pass', async () => {
      const { index, other } = setup();

      const isEnded = await scan(index, (pass) => [seen(pass, 3)]);
      await other.note([published(3)]);

      const snapshot = await index.read();
      expect(isEnded).toBe(true);
      expect(snapshot).toMatchObject({ scannedAt: AT, unread: [UNREAD] });
      expect(snapshot?.entries).toMatchObject([{ file: weekly(), published: object(3), source: { seenAt: AT } }]);
      expect(snapshot?.entries[0]?.newer).toBeUndefined();
    });

    it('has another revision after each change, and the same one when a scan finds nothing new', async () => {
      const { index } = setup();
      await scan(index, (pass) => [seen(pass, 3)]);
      const first = (await index.read())?.revision;
      await index.note([published(3)]);
      const second = (await index.read())?.revision;
      const pass = await index.begin();
      await index.note([published(3), seen(pass, 3)], pass);

      const third = (await index.read())?.revision;

      expect(second).not.toBe(first);
      expect(third).toBe(second);
    });

    it('keeps the newest of a hundred files that are published while a scan runs', async () => {
      const { index, other } = setup();
      const files = Array.from({ length: 10 }, (_, n) => weekly(`slug-${n}`));
      const pass = await index.begin();
      const hours = [7, 3, 10, 1, 9, 5, 2, 8, 4, 6];
      const notes = files.flatMap((file) => hours.map((hour) => published(hour, file)));

      await Promise.all([
        ...notes.map((note, n) => (n % 2 === 0 ? index : other).note([note])),
        index.note(
          files.map((file) => seen(pass, 10, file)),
          pass,
        ),
      ]);
      await index.finish(pass, { at: AT, unread: [] });

      const entries = (await index.read())?.entries ?? [];
      expect(entries).toHaveLength(10);
      for (const { published, source, newer } of entries)
        expect([published?.version, source?.version, newer]).toEqual([version(10), version(10), undefined]);
    });

    it('takes no notes of a pass that began before it was lost', async () => {
      const { index, lose } = setup();
      const pass = await index.begin();
      await index.note([seen(pass, 3, weekly('first'))], pass);
      await lose();
      await index.note([published(2, weekly('published'))]);

      const isNoted = await index.note([seen(pass, 3, weekly('second'))], pass);
      const isEnded = await index.finish(pass, { at: AT, unread: [] });

      expect([isNoted, isEnded, await index.read()]).toEqual([false, false, undefined]);
      await scan(index, (next) => [seen(next, 3)]);
      expect((await index.read())?.entries.map(({ file }) => file.experiment).toSorted()).toEqual([
        'my-slug',
        'published',
      ]);
    });

    it('takes no notes of a scan when a later one has ended', async () => {
      const { index, other } = setup();
      const slow = await index.begin();
      await scan(other, (pass) => [seen(pass, 5)]);

      const isNoted = await index.note([{ kind: 'removed', file: weekly(), pass: slow.number, at: AT }], slow);
      const isEnded = await index.finish(slow, { at: AT, unread: [] });

      expect([isNoted, isEnded]).toEqual([false, false]);
      expect((await index.read())?.entries).toHaveLength(1);
    });

    it('removes files, but for those that stay published', async () => {
      const { index } = setup();
      await scan(index, (pass) => [seen(pass, 3, weekly('a')), seen(pass, 3, weekly('b'))]);
      await index.note([published(3, weekly('b'))]);

      await scan(index, ({ number }) =>
        ['a', 'b'].map((slug) => ({ kind: 'removed', file: weekly(slug), pass: number, at: AT })),
      );

      const entries = (await index.read())?.entries;
      expect(entries).toMatchObject([
        { file: weekly('b'), published: object(3), lacking: { kind: 'gone', since: AT } },
      ]);
    });

    it('mends what was not noted when files are listed, unless one was published meanwhile', async () => {
      const { index } = setup();
      await scan(index, (pass) => [seen(pass, 4, weekly('a')), seen(pass, 4, weekly('b'))]);
      await index.note([published(4, weekly('b'))]);
      const pass = await index.begin();
      const listed = (experiment: string): FileNote => ({
        kind: 'listed',
        file: weekly(experiment),
        found: object(3),
        insteadOf: undefined,
      });

      await index.note([listed('a'), listed('b')], pass);
      await index.finish(pass, { at: AT + 1, unread: [] });

      const snapshot = await index.read();
      const found = new Map(snapshot?.entries.map((entry) => [entry.file.experiment, entry.published?.version]));
      expect(Object.fromEntries(found)).toEqual({ a: version(3), b: version(4) });
      expect(snapshot).toMatchObject({ scannedAt: AT + 1 });
    });

    it('keeps apart files with whatever characters in their names', async () => {
      const { index } = setup();
      const slugs = ['a/b', 'a:b', 'a b', 'ä', '__proto__', 'a\u0000b', '💚', "';--", 'x'.repeat(500), ''];

      await scan(index, (pass) => slugs.map((slug) => seen(pass, 3, weekly(slug))));

      const names = (await index.read())?.entries.map(({ file }) => file.experiment);
      expect(names?.toSorted()).toEqual(slugs.toSorted());
    });
  });
}
