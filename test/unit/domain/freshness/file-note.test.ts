import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FileEntry, IndexedFile, PublishedFile } from '../../../../src/domain/freshness/file-entry.ts';
import { type FileNote, isCovered, noteFile } from '../../../../src/domain/freshness/file-note.ts';

const HOUR = 3_600_000;
const START = Date.parse('2026-01-15T00:00:00Z');
const FILE: IndexedFile = { product: 'statistics', experiment: 'my-slug', period: 'weekly' };

const timeOf = (hour: number) => START + hour * HOUR;
const versionOf = (hour: number) => new Date(timeOf(hour)).toISOString();

function object(hour: number): PublishedFile {
  return { version: versionOf(hour), generation: String(hour), at: timeOf(hour) };
}

function seen(pass: number, hour: number | undefined, facts: Partial<FileEntry> = {}): FileNote {
  const source = hour === undefined ? undefined : { version: versionOf(hour), seenAt: timeOf(pass) };
  return { kind: 'seen', file: FILE, pass, ...facts, source };
}

const published = (hour: number): FileNote => ({ kind: 'published', file: FILE, published: object(hour) });
const failed = (hour: number, at: number): FileNote => ({
  kind: 'failed',
  file: FILE,
  failure: { version: versionOf(hour), code: 'SCHEMA_MISMATCH', sentence: 'a sentence', attempts: 3, at: timeOf(at) },
});
const removed = (pass: number): FileNote => ({ kind: 'removed', file: FILE, pass, at: timeOf(pass) });

function after(...notes: FileNote[]): FileEntry | undefined {
  return notes.reduce<FileEntry | undefined>(noteFile, undefined);
}

describe('a note', () => {
  it('of a newer source keeps the first version that is not published', () => {
    const entry = after(published(1), seen(1, 1), seen(2, 2), seen(3, 3));

    expect(entry?.newer?.version).toBe(versionOf(2));
    expect(entry?.source?.version).toBe(versionOf(3));
  });

  it('of a publication that is not the newest moves the first newer version on', () => {
    const entry = after(published(1), seen(2, 2), seen(3, 3), published(2));

    expect(entry?.newer?.version).toBe(versionOf(3));
    expect(noteFile(entry, published(3))?.newer).toBeUndefined();
  });

  it('of an older publication or pass changes nothing', () => {
    const entry = after(published(5), seen(5, 5));

    for (const late of [published(4), seen(4, 4), removed(4)]) expect(noteFile(entry, late)).toEqual(entry);
  });

  it('of a later failure replaces an earlier one, and a publication clears it', () => {
    const entry = after(seen(1, 3), failed(3, 4), failed(3, 6), failed(3, 5));

    expect(entry?.failure?.at).toBe(timeOf(6));
    expect(noteFile(entry, published(3))?.failure).toBeUndefined();
  });

  it('of a failure that came before the publication changes nothing', () => {
    const entry = after(seen(1, 3), published(3));

    expect(noteFile(entry, failed(3, 2))).toEqual(entry);
  });

  it('of a publication of an older source leaves the failure of the newer one', () => {
    expect(after(failed(5, 6), published(4))?.failure?.version).toBe(versionOf(5));
  });

  it('of missing results keeps since when they are missing', () => {
    const entry = after(seen(1, undefined, { expectedSince: 10 }), seen(2, undefined, { expectedSince: 20 }));

    expect(entry?.expectedSince).toBe(10);
    expect(noteFile(entry, seen(3, 3))?.expectedSince).toBeUndefined();
  });

  it('of an object that another program put there counts, even with an older source', () => {
    const entry = after(seen(5, 5), published(5));

    const listed = noteFile(entry, { kind: 'listed', file: FILE, found: object(4), insteadOf: object(5) });

    expect(listed?.published?.version).toBe(versionOf(4));
    expect(listed?.newer?.version).toBe(versionOf(5));
  });

  it('of an export that changed no bytes moves the version on, and keeps object and windows', () => {
    const before: FileNote = { kind: 'published', file: FILE, published: { ...object(1), windows: '1-6' } };
    const unchanged: FileNote = {
      kind: 'published',
      file: FILE,
      published: { version: versionOf(2), at: timeOf(3), rows: 7 },
    };

    expect(after(before, unchanged)?.published).toEqual({
      ...object(1),
      windows: '1-6',
      version: versionOf(2),
      rows: 7,
    });
  });

  it('of a listing that is older than an export without new bytes changes nothing', () => {
    const entry = after(published(1), { kind: 'published', file: FILE, published: { version: versionOf(2), at: 0 } });

    expect(noteFile(entry, { kind: 'listed', file: FILE, found: object(1), insteadOf: object(1) })).toEqual(entry);
  });

  it('of a removed object makes the file unpublished', () => {
    const entry = after(seen(5, 5), published(5));

    const listed = noteFile(entry, { kind: 'listed', file: FILE, found: undefined, insteadOf: object(5) });

    expect(listed).toMatchObject({ published: undefined, newer: { version: versionOf(5) } });
  });

  it('of a removed experiment leaves a file that is still published, as gone', () => {
    expect(after(seen(1, 1), removed(2))).toBeUndefined();
    const entry = after(seen(1, 1), published(1), removed(2), removed(3));
    expect(entry?.source).toBeUndefined();
    expect(entry).toMatchObject({
      published: { version: versionOf(1) },
      lacking: { kind: 'gone', since: timeOf(2) },
    });
  });
});

const hour = fc.integer({ min: 0, max: 9 });
const anyNote = fc.oneof(
  fc.tuple(hour, hour).map(([pass, at]) => seen(pass, at)),
  hour.map(published),
  fc.tuple(hour, hour).map(([of, at]) => failed(of, at)),
);

describe('whatever is noted', () => {
  it('a repeated note changes nothing', () => {
    fc.assert(
      fc.property(fc.array(anyNote), anyNote, (notes, last) => {
        const once = after(...notes, last);
        expect(noteFile(once, last)).toEqual(once);
      }),
    );
  });

  it('in whatever order, the newest publication stays', () => {
    fc.assert(
      fc.property(fc.array(anyNote, { minLength: 1 }), (notes) => {
        const versions = notes.flatMap((note) => (note.kind === 'published' ? [note.published.version] : []));
        expect(after(...notes)?.published?.version).toBe(versions.toSorted().at(-1));
      }),
    );
  });

  it('the source never moves back while it is there', () => {
    fc.assert(
      fc.property(fc.array(anyNote), anyNote, (notes, last) => {
        const [before, then] = [after(...notes), after(...notes, last)];
        expect((then?.source?.version ?? '') >= (before?.source?.version ?? '')).toBe(true);
      }),
    );
  });

  it('there is a first newer version exactly while the source is not published', () => {
    fc.assert(
      fc.property(fc.array(anyNote), (notes) => {
        const entry = after(...notes);
        const isBehind = entry?.source !== undefined && !isCovered(entry.source.version, entry.published);
        expect(entry?.newer !== undefined).toBe(isBehind);
      }),
    );
  });
});
