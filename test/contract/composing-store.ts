/** What every store must do that can join objects. */
import { describe, expect, it } from 'vitest';
import { ABSENT, type ComposeRequest, type ComposingStore } from '../../src/ports/object-store.ts';
import { publish, readText } from './object-store.ts';

const NAME = 'statistics/statistics_x_weekly.json';
const WORK = '.contrail-work/';
const never = new AbortController().signal;

function compose(store: ComposingStore, request: Partial<ComposeRequest> = {}) {
  return store.compose({
    name: NAME,
    parts: [],
    contentType: 'application/json',
    ifGeneration: ABSENT,
    metadata: {},
    signal: never,
    ...request,
  });
}

/** Publishes these texts as work objects; their names, in that order. */
async function publishParts(store: ComposingStore, texts: readonly string[]): Promise<string[]> {
  const names = texts.map((_, index) => `${WORK}job.${index}`);
  for (const [index, text] of texts.entries()) await publish(store, { name: names[index]!, text });
  return names;
}

async function names(store: ComposingStore): Promise<string[]> {
  return (await store.list('', never)).map((object) => object.name).sort();
}

/** What must hold on every store. */
export function describeComposingStore(name: string, setup: () => Promise<ComposingStore>): void {
  describe(`composing store: ${name}`, () => {
    it('joins parts in the order asked for, with the metadata, and keeps them', async () => {
      const store = await setup();
      const [first = '', second = '', third = ''] = await publishParts(store, ['[1', ',2', ',3]']);

      const joined = await compose(store, { parts: [first, third, second], metadata: { a: 'ä' } });

      expect(joined).toMatchObject({ name: NAME, bytes: 7, metadata: { a: 'ä' } });
      expect(await readText(store)).toBe('[1,3],2');
      expect(await store.head(NAME, never)).toEqual(joined);
      expect(await names(store)).toEqual([first, second, third, NAME].sort());
    });

    it('replaces an object, and its metadata, by joined parts', async () => {
      const store = await setup();
      const old = await publish(store, { text: 'old', metadata: { a: '1', b: '1' } });
      const parts = await publishParts(store, ['[', ']']);

      const joined = await compose(store, { parts, ifGeneration: old.generation, metadata: { a: '2' } });

      expect(joined.generation).not.toBe(old.generation);
      expect([await readText(store), joined.metadata]).toEqual(['[]', { a: '2' }]);
    });

    it('joins more parts than a service takes at once, and leaves none of its own behind', async () => {
      const store = await setup();
      const texts = Array.from({ length: 70 }, (_, index) => `${index},`);
      const parts = await publishParts(store, texts);

      await compose(store, { parts });

      expect(await readText(store)).toBe(texts.join(''));
      expect(await names(store)).toEqual([...parts, NAME].sort());
    });

    it('joins one part, and the same part twice', async () => {
      const store = await setup();
      const [part = ''] = await publishParts(store, ['ab']);

      const joined = await compose(store, { parts: [part] });
      await compose(store, { parts: [part, part], ifGeneration: joined.generation });

      expect([joined.bytes, await readText(store)]).toEqual([2, 'abab']);
    });

    it('refuses to join for a signal that is aborted, with the reason', async () => {
      const store = await setup();
      const parts = await publishParts(store, ['[', ']']);

      const joining = compose(store, { parts, signal: AbortSignal.abort(new Error('stop')) });

      await expect(joining).rejects.toThrow('stop');
      expect(await names(store)).toEqual(parts);
    });

    it('removes a work object, however often it is asked', async () => {
      const store = await setup();
      const [first = '', second = ''] = await publishParts(store, ['1', '2']);

      await store.remove(first, never);
      await store.remove(first, never);

      expect(await names(store)).toEqual([second]);
      expect(await store.head(first, never)).toBeUndefined();
    });

    it('refuses to remove what is not a work object', async () => {
      const store = await setup();
      await publish(store);

      const failures = await Promise.allSettled(
        [NAME, '../x', '.contrail/tmp/x'].map((name) => store.remove(name, never)),
      );

      const codes = failures.map((failure) => (failure.status === 'rejected' ? failure.reason.code : 'none'));
      expect(codes).toEqual(['VALUE_INVALID', 'VALUE_INVALID', 'VALUE_INVALID']);
      expect(await names(store)).toEqual([NAME]);
    });
  });
}

/** What must hold besides, wherever the service itself looks at preconditions when it joins: an emulator does not. */
export function describeComposePreconditions(name: string, setup: () => Promise<ComposingStore>): void {
  describe(`composing store, preconditions: ${name}`, () => {
    it('refuses to join over an object of another generation', async () => {
      const store = await setup();
      const there = await publish(store, { text: 'there' });
      const parts = await publishParts(store, ['[', ']']);

      const late = compose(store, { parts });

      await expect(late).rejects.toMatchObject({ code: 'OBJECT_CHANGED' });
      expect(await store.head(NAME, never)).toEqual(there);
    });

    it('publishes nothing when a part is not there', async () => {
      const store = await setup();
      const parts = await publishParts(store, ['[', ']']);

      const joining = compose(store, { parts: [...parts, `${WORK}missing`] });

      await expect(joining).rejects.toMatchObject({ code: 'OBJECT_MISSING' });
      expect(await names(store)).toEqual(parts);
    });
  });
}
