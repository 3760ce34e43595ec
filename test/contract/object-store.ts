/** What every object store must do. */
import type { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { ABSENT, type Generation, type ObjectStore, type StoredObject } from '../../src/ports/object-store.ts';

const NAME = 'statistics/statistics_x_weekly.json';
const REFUSED_NAMES = [
  '',
  '/etc/passwd',
  '../x',
  'a/../b',
  './a',
  'a//b',
  'a/',
  'a\\b',
  'a\0b',
  '.contrail/tmp/x',
  '.contrail',
  `a/${'x'.repeat(256)}`,
  `${'é'.repeat(128)}.json`,
  '\ud800',
];

export interface Publication {
  readonly name?: string;
  readonly text?: string;
  readonly ifGeneration?: Generation;
  readonly metadata?: Record<string, string>;
}

const never = new AbortController().signal;

/** Writes one object and puts it in place. */
export async function publish(store: ObjectStore, publication: Publication = {}): Promise<StoredObject> {
  const { name = NAME, text = '[]', ifGeneration = ABSENT, metadata = {} } = publication;
  const writer = await begin(store, { name, ifGeneration });
  await writer.write(Buffer.from(text));
  return writer.commit(metadata);
}

/** The text of an object; undefined where there is none. */
export async function readText(store: ObjectStore, name = NAME): Promise<string | undefined> {
  const stream = await store.read(name, never);
  return stream === undefined ? undefined : (await bytesOf(stream)).toString('utf8');
}

async function bytesOf(stream: Readable): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of stream) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}

function begin(store: ObjectStore, request: { name?: string; ifGeneration?: Generation; signal?: AbortSignal } = {}) {
  const { name = NAME, ifGeneration = ABSENT, signal = never } = request;
  return store.write({ name, contentType: 'application/json', ifGeneration, signal });
}

async function names(store: ObjectStore, prefix = ''): Promise<string[]> {
  return (await store.list(prefix, never)).map((object) => object.name).sort();
}

/** How each of these attempts failed: the code of its error, or else its message. */
async function failuresOf(attempts: readonly Promise<unknown>[]): Promise<unknown[]> {
  const results = await Promise.allSettled(attempts);
  return results.map((result) =>
    result.status === 'rejected' ? (result.reason.code ?? result.reason.message) : 'none',
  );
}

export function describeObjectStore(name: string, setup: () => Promise<ObjectStore>): void {
  describe(`object store: ${name}`, () => {
    it('has nothing before the first publication', async () => {
      const store = await setup();

      const found = [await store.head(NAME, never), await store.read(NAME, never), await store.list('', never)];

      expect(found).toEqual([undefined, undefined, []]);
    });

    it('gives back what was published, with its metadata', async () => {
      const store = await setup();
      const metadata = { 'contrail-rows': '2', 'contrail-experiment': 'ä "quoted" \u2028' };

      const published = await publish(store, { text: '[{"a":1},{"a":2}]', metadata });

      expect(published).toMatchObject({ name: NAME, bytes: 17, metadata });
      expect(await store.head(NAME, never)).toEqual(published);
      expect(await store.list('', never)).toEqual([published]);
      expect(await readText(store)).toBe('[{"a":1},{"a":2}]');
    });

    it('joins the chunks of an object in the order in which they were written', async () => {
      const store = await setup();
      const writer = await begin(store);
      const chunks = Array.from({ length: 40 }, (_, index) => Buffer.alloc(index * 1000 + 7, index));

      for (const chunk of chunks) await writer.write(chunk);
      await writer.commit({});

      const stream = await store.read(NAME, never);
      expect(stream === undefined ? undefined : (await bytesOf(stream)).equals(Buffer.concat(chunks))).toBe(true);
    });

    it('has taken the bytes of a chunk when it asks for more', async () => {
      const store = await setup();
      const writer = await begin(store);
      const memory = Buffer.alloc(100_000);

      for (let index = 0; index < 20; index++) await writer.write(memory.fill(index));
      await writer.commit({});

      const stream = await store.read(NAME, never);
      const bytes = stream === undefined ? Buffer.alloc(0) : await bytesOf(stream);
      expect(Array.from({ length: 20 }, (_, index) => bytes.indexOf(index))).toEqual(
        Array.from({ length: 20 }, (_, index) => index * memory.length),
      );
    });

    it('publishes an object without bytes', async () => {
      const store = await setup();

      const published = await publish(store, { text: '' });

      expect(published.bytes).toBe(0);
      expect(await readText(store)).toBe('');
    });

    it('shows nothing of an object before it is put in place', async () => {
      const store = await setup();
      const writer = await begin(store);

      await writer.write(Buffer.from('[1'));

      expect(await store.head(NAME, never)).toBeUndefined();
      expect(await names(store)).toEqual([]);
      await writer.discard();
    });

    it('keeps the old object until the new one is in place', async () => {
      const store = await setup();
      const old = await publish(store, { text: 'old' });
      const writer = await begin(store, { ifGeneration: old.generation });

      await writer.write(Buffer.from('new'));
      const before = await readText(store);
      await writer.commit({});

      expect([before, await readText(store)]).toEqual(['old', 'new']);
    });

    it('leaves no trace of a discarded object, however often it is discarded', async () => {
      const store = await setup();
      const old = await publish(store, { text: 'old', metadata: { a: '1' } });
      const writer = await begin(store, { ifGeneration: old.generation });
      await writer.write(Buffer.from('new'));

      await writer.discard();
      await writer.discard();

      expect(await store.list('', never)).toEqual([old]);
      await expect(writer.write(Buffer.from('x'))).rejects.toMatchObject({ code: 'INTERNAL' });
      await expect(writer.commit({})).rejects.toMatchObject({ code: 'INTERNAL' });
    });

    it('puts an object in place once', async () => {
      const store = await setup();
      const writer = await begin(store);
      const published = await writer.commit({});

      const again = writer.commit({});

      await expect(again).rejects.toMatchObject({ code: 'INTERNAL' });
      await writer.discard();
      expect(await store.head(NAME, never)).toEqual(published);
    });

    it('refuses to replace an object of another generation, and leaves it as it was', async () => {
      const store = await setup();
      const first = await publish(store, { text: 'first' });
      const second = await publish(store, { text: 'second', ifGeneration: first.generation, metadata: { a: '2' } });

      const late = publish(store, { text: 'late', ifGeneration: first.generation });

      await expect(late).rejects.toMatchObject({ code: 'OBJECT_CHANGED' });
      expect(await store.head(NAME, never)).toEqual(second);
      expect(await readText(store)).toBe('second');
    });

    it('refuses to make an object that is there, and to replace one that is not', async () => {
      const store = await setup();
      const there = await publish(store);

      const failures = await failuresOf([
        publish(store),
        publish(store, { name: 'errors/other.json', ifGeneration: there.generation }),
      ]);

      expect(failures).toEqual(['OBJECT_CHANGED', 'OBJECT_CHANGED']);
      expect(await names(store)).toEqual([NAME]);
    });

    it('lets one of many publications of the same generation win', async () => {
      const store = await setup();
      const before = await publish(store, { text: 'before' });
      const texts = Array.from({ length: 12 }, (_, index) => `text ${index}`);

      const results = await Promise.allSettled(
        texts.map((text) => publish(store, { text, ifGeneration: before.generation, metadata: { text } })),
      );

      const winners = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      const codes = results.flatMap((result) => (result.status === 'rejected' ? [result.reason.code] : []));
      expect(codes).toEqual(Array.from({ length: 11 }, () => 'OBJECT_CHANGED'));
      expect(winners).toEqual([await store.head(NAME, never)]);
      expect(winners[0]?.metadata['text']).toBe(await readText(store));
    });

    it('gives every publication a generation of its own, however fast they follow each other', async () => {
      const store = await setup();
      const generations = new Set<Generation>([ABSENT]);
      let generation: Generation = ABSENT;

      for (let round = 0; round < 100; round++) {
        ({ generation } = await publish(store, { text: `[${round % 10}]`, ifGeneration: generation }));
        generations.add(generation);
      }

      expect(generations.size).toBe(101);
    });

    it('replaces the metadata alone, at the same generation', async () => {
      const store = await setup();
      const published = await publish(store, { text: '[1]', metadata: { a: '1', b: '1' } });
      const { generation } = published;

      const updated = await store.updateMetadata({
        name: NAME,
        ifGeneration: generation,
        metadata: { a: '2' },
        signal: never,
      });

      expect(updated).toEqual({ ...published, metadata: { a: '2' } });
      expect(await store.head(NAME, never)).toEqual(updated);
      expect(await readText(store)).toBe('[1]');
    });

    it('refuses to replace the metadata of another generation, or of nothing', async () => {
      const store = await setup();
      const first = await publish(store);
      const second = await publish(store, { text: '[2]', ifGeneration: first.generation, metadata: { a: '2' } });
      const update = { metadata: {}, signal: never };

      const failures = await failuresOf([
        store.updateMetadata({ ...update, name: NAME, ifGeneration: first.generation }),
        store.updateMetadata({ ...update, name: 'a', ifGeneration: ABSENT }),
      ]);

      expect(failures).toEqual(['OBJECT_CHANGED', 'OBJECT_CHANGED']);
      expect(await store.list('', never)).toEqual([second]);
    });

    it('lists the objects whose names begin with the prefix', async () => {
      const store = await setup();
      for (const object of ['statistics/a.json', 'statistics/ab.json', 'statistics_b.json', 'errors/deep/er/a.json']) {
        await publish(store, { name: object });
      }

      const lists = await Promise.all(
        ['', 'statistics', 'statistics/', 'statistics/ab', 'errors/d', 'missing/', '../', '.contrail/'].map((prefix) =>
          names(store, prefix),
        ),
      );

      expect(lists).toEqual([
        ['errors/deep/er/a.json', 'statistics/a.json', 'statistics/ab.json', 'statistics_b.json'],
        ['statistics/a.json', 'statistics/ab.json', 'statistics_b.json'],
        ['statistics/a.json', 'statistics/ab.json'],
        ['statistics/ab.json'],
        ['errors/deep/er/a.json'],
        [],
        [],
        [],
      ]);
    });

    it.each(REFUSED_NAMES)('refuses the object name %j', async (refused) => {
      const store = await setup();
      const update = { name: refused, ifGeneration: ABSENT, metadata: {}, signal: never };

      const failures = await failuresOf([
        begin(store, { name: refused }),
        store.head(refused, never),
        store.read(refused, never),
        store.updateMetadata(update),
      ]);

      expect(failures).toEqual(Array.from({ length: 4 }, () => 'VALUE_INVALID'));
      expect(() => store.locate(refused)).toThrow('object name');
      expect(await store.list('', never)).toEqual([]);
    });

    it.each(['a', 'a.json', 'ä 😀 %2F ~.json', `${'x'.repeat(250)}.json`, '..a', 'a.', '-rf', 'a:b?*"<>|'])(
      'takes the object name %j',
      async (taken) => {
        const store = await setup();

        const published = await publish(store, { name: taken, metadata: { a: '1' } });

        expect(await store.list('', never)).toEqual([published]);
        expect(await readText(store, taken)).toBe('[]');
        expect(store.locate(taken)).toContain(taken);
      },
    );

    it('keeps apart names that differ little', async () => {
      const store = await setup();
      const similar = ['a', 'a.json.json', 'b.json/c', 'b.json~/c', 'b', 'c~/a', 'c.json/a', 'c'];

      for (const name of similar) await publish(store, { name, text: name, metadata: { name } });

      const objects = await store.list('', never);
      expect(objects.map((object) => object.name).sort()).toEqual([...similar].sort());
      for (const object of objects) expect(object.metadata).toEqual({ name: object.name });
    });

    it('refuses work that was aborted before it began, with the reason', async () => {
      const store = await setup();
      const published = await publish(store);
      const signal = AbortSignal.abort(new Error('stop'));
      const { generation } = published;

      const failures = await failuresOf([
        begin(store, { signal }),
        store.head(NAME, signal),
        store.read(NAME, signal),
        store.list('', signal),
        store.updateMetadata({ name: NAME, ifGeneration: generation, metadata: { a: '2' }, signal }),
      ]);

      expect(failures).toEqual(Array.from({ length: 5 }, () => 'stop'));
      expect(await store.list('', never)).toEqual([published]);
    });

    it.each(['write', 'commit'] as const)('stops at the next %s after an abort and publishes nothing', async (step) => {
      const store = await setup();
      const controller = new AbortController();
      const writer = await begin(store, { signal: controller.signal });
      await writer.write(Buffer.from('[1'));

      controller.abort(new Error('stop'));
      const stopped = step === 'write' ? writer.write(Buffer.from(']')) : writer.commit({});

      await expect(stopped).rejects.toThrow('stop');
      await expect(writer.commit({})).rejects.toMatchObject({ code: 'INTERNAL' });
      await writer.discard();
      expect(await store.list('', never)).toEqual([]);
    });

    it('ends a read that is aborted, with the reason', async () => {
      const store = await setup();
      await publish(store, { text: 'x'.repeat(1_000_000) });
      const controller = new AbortController();
      const stream = await store.read(NAME, controller.signal);

      controller.abort(new Error('stop'));

      await expect(stream?.toArray()).rejects.toThrow('stop');
    });

    it('reads an object to its end although it is replaced meanwhile', async () => {
      const store = await setup();
      const text = 'a'.repeat(1_000_000);
      const old = await publish(store, { text });
      const stream = await store.read(NAME, never);

      await publish(store, { text: 'b', ifGeneration: old.generation });

      expect(stream === undefined ? undefined : (await bytesOf(stream)).toString()).toBe(text);
    });
  });
}
