import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../../src/adapters/system/clock.ts';
import { MemoryObjectStore } from '../../../../src/adapters/memory/object-store.ts';
import { ContrailError } from '../../../../src/domain/errors.ts';
import { METADATA } from '../../../../src/domain/object-metadata.ts';
import {
  ABSENT,
  type ComposeRequest,
  type ObjectMetadata,
  type ObjectWriter,
  type WriteRequest,
} from '../../../../src/ports/object-store.ts';
import type { Body } from '../../../../src/workers/publish/content.ts';
import { type Publication, publish } from '../../../../src/workers/publish/publish.ts';

const never = new AbortController().signal;
const NAME = 'statistics/statistics_x_weekly.json';
const OLDER = '2026-01-14T00:00:00.000Z';
const VERSION = '2026-01-15T00:00:00.000Z';
const NEWER = '2026-01-16T00:00:00.000Z';
const TEXT = '[1,2]';
const SHA256 = createHash('sha256').update(TEXT).digest('hex');
const FACTS = {
  rows: 2,
  rejected: 1,
  dropped: 0,
  duplicates: 3,
  bytes: TEXT.length,
  warnings: [{ kind: 'name', message: 'an odd name' }],
  leftOut: [{ message: 'left one out', exceptionType: 'OddException' }],
  metadata: { [METADATA.rows]: '2', [METADATA.rejected]: '1', [METADATA.duplicates]: '3' },
  sourceRows: 6,
  usage: () => ({ requests: 7, bytesRead: 1, bytesBilled: 2, slotMs: 3, queryMs: 4 }),
} as const;
const KINDS = ['text', 'stream', 'parts'] as const;
type BodyKind = (typeof KINDS)[number];

/** Counts writers that are open, and does something just before an object is put in place. */
class WatchedStore extends MemoryObjectStore {
  open = 0;
  heads = 0;
  beforeCommit: () => Promise<unknown> = () => Promise.resolve();
  afterCommit: () => Promise<unknown> = () => Promise.resolve();

  override head(...request: Parameters<MemoryObjectStore['head']>) {
    this.heads += 1;
    return super.head(...request);
  }

  override async write(request: WriteRequest): Promise<ObjectWriter> {
    const writer = await super.write(request);
    if (request.name !== NAME) return writer;
    this.open += 1;
    let isOpen = true;
    const end = () => {
      if (isOpen) this.open -= 1;
      isOpen = false;
    };
    return {
      write: (chunk) => writer.write(chunk),
      discard: () => {
        end();
        return writer.discard();
      },
      commit: async (metadata) => {
        await this.beforeCommit();
        const object = await writer.commit(metadata);
        end();
        await this.afterCommit();
        return object;
      },
    };
  }

  override async compose(request: ComposeRequest) {
    await this.beforeCommit();
    const object = await super.compose(request);
    await this.afterCommit();
    return object;
  }
}

function setup(kind: BodyKind) {
  const store = new WatchedStore({ keepHistory: true });
  let closed = 0;
  /** Puts an object in place behind the back of the publication. */
  const put = async (name: string, text: string, metadata: ObjectMetadata = {}) => {
    const { beforeCommit, afterCommit } = store;
    store.beforeCommit = store.afterCommit = () => Promise.resolve();
    const ifGeneration = (await store.head(name, never))?.generation ?? ABSENT;
    const writer = await store.write({ name, contentType: 'text/plain', ifGeneration, signal: never });
    await writer.write(Buffer.from(text));
    await writer.commit(metadata);
    Object.assign(store, { beforeCommit, afterCommit });
  };
  const bodies: Readonly<Record<BodyKind, (signal: AbortSignal) => Promise<Body>>> = {
    text: () => Promise.resolve({ kind: 'text', text: TEXT, facts: FACTS }),
    stream: () =>
      Promise.resolve({
        kind: 'stream',
        write: async (begin) => {
          const writer = await begin();
          for (const piece of TEXT) await writer.write(Buffer.from(piece));
          return { facts: FACTS, sha256: SHA256 };
        },
      }),
    parts: async () => {
      await put('.contrail-work/part', TEXT);
      return {
        kind: 'parts',
        facts: FACTS,
        compose: (target) => store.compose({ ...target, parts: ['.contrail-work/part'] }),
      };
    },
  };
  const run = (changes: Partial<Publication> = {}) =>
    publish(
      { store, clock: { ...systemClock, now: () => 5 } },
      {
        name: NAME,
        claim: { experiment: 'x', knownBy: 'api' },
        job: 'ours',
        force: false,
        startedAt: 2,
        logged: { analysisPeriod: 'weekly', at: { file: 'f.ts', function: 'f' } },
        signal: never,
        open: async () => ({
          kind: 'content',
          source: 'a source',
          sourceVersion: VERSION,
          body: await bodies[kind](changes.signal ?? never),
          close: () => Promise.resolve(void (closed += 1)),
        }),
        ...changes,
      },
    );
  const history = () => store.history(NAME).map(({ bytes }) => bytes.toString());
  return { store, run, put, history, head: () => store.head(NAME, never), closed: () => closed };
}

/** How an object looks that somebody has published before. */
const published = (version: string, more: ObjectMetadata = {}): ObjectMetadata => ({
  [METADATA.sourceVersion]: version,
  [METADATA.job]: 'theirs',
  [METADATA.sha256]: 'other',
  ...more,
});

describe.each(KINDS)('publishing a %s', (kind) => {
  it('where nothing is: puts it in place, with its facts, metadata and log rows', async () => {
    const { run, history, head, store, closed } = setup(kind);

    const { outcome, events } = await run();

    expect(outcome).toEqual({
      kind: 'published',
      object: NAME,
      location: `memory:${NAME}`,
      source: 'a source',
      sourceVersion: VERSION,
      rows: 2,
      rejected: 1,
      dropped: 0,
      duplicates: 3,
      bytes: 5,
      warnings: FACTS.warnings,
      durationMs: 3,
      readMs: expect.any(Number),
      publishMs: expect.any(Number),
      sourceRows: 6,
      usage: FACTS.usage(),
      generation: (await head())?.generation,
    });
    expect((await head())?.metadata).toMatchObject({
      [METADATA.source]: 'a source',
      [METADATA.sourceVersion]: VERSION,
      [METADATA.job]: 'ours',
      [METADATA.experiment]: 'x',
      [METADATA.rows]: '2',
      ...(kind === 'parts' ? {} : { [METADATA.sha256]: SHA256 }),
    });
    const about = { experiment: 'x', analysisPeriod: 'weekly', at: { file: 'f.ts', function: 'f' } };
    expect(events).toEqual([
      { ...about, level: 'ERROR', message: 'left one out', exceptionType: 'OddException' },
      { ...about, level: 'WARNING', message: 'an odd name' },
    ]);
    expect([history(), store.open, closed()]).toEqual([[TEXT], 0, 1]);
  });

  it.each([
    ['of an older version', published(OLDER), {}, 'published', 2],
    ['of a version that has no order', published('f0123456789abcdef'), {}, 'published', 2],
    ['that another program made', {}, {}, 'published', 2],
    ['of this version, by this job', published(VERSION, { [METADATA.job]: 'ours' }), {}, 'published', 1],
    ['of this version, by another job', published(VERSION), {}, 'skipped', 1],
    ['of a newer version', published(NEWER), {}, 'superseded', 1],
    ['of this version, forced', published(VERSION), { force: true }, 'published', 2],
    ['of a newer version, forced', published(NEWER), { force: true }, 'published', 2],
    ['of this version, on new premises', published(VERSION), { hasNewPremises: true }, 'published', 2],
    ['of a newer version, on new premises', published(NEWER), { hasNewPremises: true }, 'superseded', 1],
    ['of the same experiment', published(OLDER, { [METADATA.experiment]: 'x' }), {}, 'published', 2],
  ] as const)('over an object %s: %s', async (_, metadata, changes, ...[outcomeKind, generations]) => {
    const { run, put, history, store } = setup(kind);
    await put(NAME, 'before', metadata);

    const { outcome, events } = await run(changes);

    expect([outcome.kind, history().length, store.open]).toEqual([outcomeKind, generations, 0]);
    expect(history().at(-1)).toBe(generations === 1 ? 'before' : TEXT);
    const hasEvents = outcomeKind === 'published' && !(kind === 'stream' && generations === 1);
    expect(events.length).toBe(hasEvents ? 2 : 0);
  });

  it('over what the job has published itself: tells its facts, and writes again only what it can make again', async () => {
    const { run, history, head } = setup(kind);
    await run();

    const again = (await run()).outcome;
    const forced = (await run({ force: true })).outcome;

    expect(again).toMatchObject({ kind: 'published', rows: 2, rejected: 1, duplicates: 3, bytes: 5, sourceRows: 6 });
    expect([forced.kind, history().length]).toEqual(['published', kind === 'parts' ? 1 : 2]);
    expect(forced).toMatchObject({ generation: (await head())?.generation });
  });

  it('over the same bytes: brings the version up to date, unless it is forced or nobody knows the bytes', async () => {
    const { run, put, history, head, store } = setup(kind);
    await put(NAME, TEXT, published(OLDER, { [METADATA.sha256]: SHA256 }));

    const { outcome } = await run();

    expect(outcome.kind).toBe(kind === 'parts' ? 'published' : 'unchanged');
    expect([history().length, store.open]).toEqual([kind === 'parts' ? 2 : 1, 0]);
    expect((await head())?.metadata[METADATA.sourceVersion]).toBe(VERSION);
    expect((await run({ force: true, job: 'forced' })).outcome.kind).toBe('published');
  });

  it.each([{}, { force: true }])('over the object of another owner: refuses (%j)', async (changes) => {
    const { run, put, history } = setup(kind);
    await put(NAME, 'before', published(OLDER, { [METADATA.experiment]: 'X' }));

    await expect(run(changes)).rejects.toMatchObject({ code: 'SLUG_CONFLICT' });

    expect(history()).toEqual(['before']);
  });

  it.each([1, 2, 3])(
    'while somebody else changes the object %i times: looks again, three times at most',
    async (times) => {
      const { run, put, history, store, closed } = setup(kind);
      let changes = 0;
      store.beforeCommit = () => (changes < times ? put(NAME, `theirs ${(changes += 1)}`) : Promise.resolve());

      const end = await run().then(
        ({ outcome }) => outcome.kind,
        (error: ContrailError) => error.code,
      );

      expect(end).toBe(times < 3 ? 'published' : 'OBJECT_CHANGED');
      expect(history().at(-1)).toBe(times < 3 ? TEXT : 'theirs 3');
      expect([store.open, closed()]).toEqual([0, Math.min(times + 1, 3)]);
    },
  );

  it('while somebody else publishes the same or a newer version: leaves that', async () => {
    for (const [version, outcomeKind] of [
      [VERSION, 'skipped'],
      [NEWER, 'superseded'],
    ] as const) {
      const { run, put, history, store } = setup(kind);
      store.beforeCommit = () => put(NAME, 'theirs', published(version));

      const { outcome } = await run();

      expect([outcome.kind, history(), store.open]).toEqual([outcomeKind, ['theirs'], 0]);
    }
  });

  it.each([false, true])(
    'when the answer is lost after the commit: finds its own object (force: %s)',
    async (force) => {
      const { run, history, store, head } = setup(kind);
      store.afterCommit = () => {
        store.afterCommit = () => Promise.resolve();
        throw new ContrailError('OBJECT_CHANGED', 'The repeated request was refused.');
      };

      const { outcome, events } = await run({ force });

      expect(outcome).toMatchObject({ kind: 'published', rows: 2, sourceRows: 6, usage: FACTS.usage() });
      expect(outcome).toMatchObject({ generation: (await head())?.generation });
      expect([history(), events.length]).toEqual([[TEXT], 2]);
    },
  );

  it('when there is no answer after the commit: fails, and the next attempt finds its own object', async () => {
    const { run, history, store } = setup(kind);
    store.afterCommit = () => {
      store.afterCommit = () => Promise.resolve();
      throw new ContrailError('SERVICE_UNAVAILABLE', 'No answer.');
    };

    await expect(run()).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    const { outcome } = await run();

    expect(outcome).toMatchObject({ kind: 'published', rows: 2, sourceRows: 6 });
    expect([history(), store.open]).toEqual([[TEXT], 0]);
  });

  it('when writing fails: leaves the object as it was, and no writer open', async () => {
    const { run, put, history, store, closed } = setup(kind);
    await put(NAME, 'before', published(OLDER));
    store.beforeCommit = () => Promise.reject(new ContrailError('TARGET_UNWRITABLE', 'The disk is full.'));

    await expect(run()).rejects.toMatchObject({ code: 'TARGET_UNWRITABLE' });

    expect([history(), store.open, closed()]).toEqual([['before'], 0, 1]);
  });

  it('when it is aborted: leaves the object as it was, and does not start again', async () => {
    const { run, put, history, store, closed } = setup(kind);
    await put(NAME, 'before', published(OLDER));
    const stop = new AbortController();
    store.beforeCommit = async () => {
      stop.abort(new Error('stop'));
      await put(NAME, 'theirs');
    };

    await expect(run({ signal: stop.signal })).rejects.toThrow('stop');

    expect([history(), store.open, closed()]).toEqual([['before', 'theirs'], 0, 1]);
  });

  it('as planning saw the object: takes no look, and one where planning was wrong', async () => {
    const first = setup(kind);
    await first.run({ seen: { generation: ABSENT, metadata: {} } });
    expect([first.store.heads - (kind === 'parts' ? 1 : 0), first.history()]).toEqual([0, [TEXT]]);

    const second = setup(kind);
    await second.put(NAME, 'before', published(OLDER));
    await second.run({ seen: { generation: ABSENT, metadata: {} } });
    expect(second.history()).toEqual(['before', TEXT]);
  });
});

it('takes nothing from an owner whom it only knows by a table, and claims nothing', async () => {
  const { run, put, head } = setup('text');
  const claim = { experiment: 'x', knownBy: 'tables' } as const;
  await run({ claim });
  const unclaimed = (await head())?.metadata;
  await put(NAME, 'before', published(OLDER, { [METADATA.experiment]: 'X' }));

  await run({ claim });

  expect(unclaimed).not.toHaveProperty(METADATA.experiment);
  expect((await head())?.metadata).toMatchObject({ [METADATA.experiment]: 'X', [METADATA.job]: 'ours' });
});

it('tells of a publication that others have to make first, unless the object is current', async () => {
  const { run, put } = setup('text');
  const outcome = { kind: 'divided', queue: 'q', parts: [], state: {} } as const;
  const content = { kind: 'content', source: 's', sourceVersion: VERSION, body: { kind: 'later', outcome } } as const;
  const divide = () => run({ open: () => Promise.resolve(content) });

  const before = await divide();
  await put(NAME, 'theirs', published(VERSION));

  expect([before, (await divide()).outcome.kind]).toEqual([{ outcome, events: [] }, 'skipped']);
});
