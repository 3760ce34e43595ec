import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../../src/adapters/system/clock.ts';
import { MemoryObjectStore } from '../../../../src/adapters/memory/object-store.ts';
import { METADATA } from '../../../../src/domain/object-metadata.ts';
import { ABSENT } from '../../../../src/ports/object-store.ts';
import type { Content, Nothing } from '../../../../src/workers/publish/content.ts';
import { publish as publishFile } from '../../../../src/workers/publish/publish.ts';
import { textContent } from '../../../support/published-text.ts';

const never = new AbortController().signal;
const NAME = 'errors/errors_x.json';

function setup() {
  const store = new MemoryObjectStore({ keepHistory: true });
  let jobs = 0;
  const publish = async (open: () => Promise<Content | Nothing>, experiment = 'x', signal = never) => {
    const { outcome } = await publishFile(
      { store, clock: { ...systemClock, now: () => 0 } },
      {
        name: NAME,
        claim: { experiment, knownBy: 'api' },
        job: `job-${(jobs += 1)}`,
        force: false,
        logged: { at: { file: 'f', function: 'f' } },
        signal,
        open,
      },
    );
    return outcome;
  };
  /** Somebody else publishes. */
  const disturb = async () => {
    const ifGeneration = (await store.head(NAME, never))?.generation ?? ABSENT;
    const writer = await store.write({ name: NAME, contentType: 'application/json', ifGeneration, signal: never });
    await writer.write(Buffer.from('theirs'));
    await writer.commit({ [METADATA.sourceVersion]: 'theirs' });
  };
  return { store, publish, disturb };
}

function made(text: string, sourceVersion = text): () => Promise<Content> {
  return () => Promise.resolve(textContent(text, sourceVersion));
}

describe('a text', () => {
  it('is published, then current, then unchanged, then published anew', async () => {
    const { publish, store } = setup();

    const kinds = [
      (await publish(made('a'))).kind,
      (await publish(made('a'))).kind,
      (await publish(made('a', 'later'))).kind,
      (await publish(made('b'))).kind,
    ];

    expect(kinds).toEqual(['published', 'skipped', 'unchanged', 'published']);
    expect(store.history(NAME).map(({ bytes }) => bytes.toString())).toEqual(['a', 'b']);
  });

  it('is not published where there must be none, and the object stays', async () => {
    const { publish, store } = setup();
    await publish(made('a'));

    const result = await publish(() => Promise.resolve({ kind: 'nothing', reason: 'it is private' }));

    expect(result).toEqual({ kind: 'skipped', reason: 'it is private' });
    expect(store.history(NAME)).toHaveLength(1);
  });

  it('is made anew when somebody else has changed the object meanwhile', async () => {
    const { publish, disturb, store } = setup();
    let rounds = 0;

    const result = await publish(async () => {
      rounds += 1;
      if (rounds < 3) await disturb();
      return textContent(`ours ${rounds}`, 'v');
    });

    expect(result).toMatchObject({ kind: 'published' });
    expect(store.history(NAME).map(({ bytes }) => bytes.toString())).toEqual(['theirs', 'theirs', 'ours 3']);
  });

  it('is given up after three rounds', async () => {
    const { publish, disturb } = setup();
    let rounds = 0;

    const publishing = publish(async () => {
      rounds += 1;
      await disturb();
      return textContent('ours', 'v');
    });

    await expect(publishing).rejects.toMatchObject({ code: 'OBJECT_CHANGED' });
    expect(rounds).toBe(3);
  });

  it('does not replace the file of another experiment', async () => {
    const { publish } = setup();
    await publish(made('a'), 'x-1');

    await expect(publish(made('b'), 'x.1')).rejects.toMatchObject({ code: 'SLUG_CONFLICT' });
  });

  it('is not published once the work was aborted', async () => {
    const { publish, store } = setup();
    const stop = new AbortController();

    const publishing = publish(
      () => {
        stop.abort(new Error('stopped'));
        return made('a')();
      },
      'x',
      stop.signal,
    );

    await expect(publishing).rejects.toThrow('stopped');
    expect(store.history(NAME)).toEqual([]);
  });
});
