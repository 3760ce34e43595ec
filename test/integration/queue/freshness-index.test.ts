import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { IndexedFile } from '../../../src/domain/freshness/file-entry.ts';
import type { FileNote } from '../../../src/domain/freshness/file-note.ts';
import type { FreshnessIndex } from '../../../src/ports/freshness-index.ts';
import { RedisFreshnessIndex } from '../../../src/queue/bullmq/redis-freshness-index.ts';
import { startTestRedis } from '../../support/own-redis.ts';
import { freshRedis } from '../../support/redis.ts';

const AT = Date.parse('2026-01-15T12:00:00Z');
const FILES = 400;

const weekly = (experiment: string): IndexedFile => ({ product: 'statistics', experiment, period: 'weekly' });

function open(redis = freshRedis()) {
  const index = new RedisFreshnessIndex(redis);
  const direct = new Redis(redis.redisUrl);
  onTestFinished(() => {
    index.close();
    direct.disconnect();
  });
  return { index, direct, base: `${redis.prefix}:freshness:v2:`, redis };
}

async function scan(index: FreshnessIndex): Promise<void> {
  const pass = await index.begin();
  const notes = Array.from({ length: FILES }, (_, n): FileNote => ({
    kind: 'seen',
    file: weekly(`slug-${n}`),
    pass: pass.number,
    source: { version: new Date(AT + n).toISOString(), seenAt: AT },
  }));
  await index.note(notes, pass);
  await index.finish(pass, { at: AT, unread: [] });
}

const published: FileNote = {
  kind: 'published',
  file: weekly('slug-1'),
  published: { version: new Date(AT + 1).toISOString(), generation: '1', at: AT },
};

describe('the freshness index in Redis', () => {
  it('is read whole with five commands, however many files it has', async () => {
    // Its own: a monitor fails at its start when other tests send commands in that moment.
    const { url: redisUrl } = await startTestRedis();
    const { index, direct, redis } = open({ redisUrl, prefix: 'own' });
    await scan(index);
    const monitor = await direct.monitor();
    onTestFinished(() => monitor.disconnect());
    const commands: string[] = [];
    const seen = new Promise<void>((resolve) =>
      monitor.on('monitor', (_time: string, words: string[]) => {
        if (words[1] === `${redis.prefix}:end`) resolve();
        commands.push(words.join(' '));
      }),
    );

    const snapshot = await index.read();
    await direct.get(`${redis.prefix}:end`);
    await seen;

    expect(snapshot?.entries).toHaveLength(FILES);
    const own = commands.filter((command) => command.includes(`${redis.prefix}:freshness`));
    expect(own.length).toBe(3);
  });

  it('says that it is being built when a shard was lost', async () => {
    const { index, direct, base } = open();
    await scan(index);
    await direct.del(`${base}1`);

    expect(await index.read()).toBeUndefined();
  });

  it('says that it is being built when the header was lost, and what is left comes back with no scan', async () => {
    const { index, direct, base } = open();
    await scan(index);
    await direct.del(`${base}header`);
    await index.note([published]);

    expect(await index.read()).toBeUndefined();
    await scan(index);
    const entries = (await index.read())?.entries ?? [];
    expect(entries).toHaveLength(FILES);
    expect(entries.filter((entry) => entry.published !== undefined)).toHaveLength(1);
  });

  it('drops what is left of a damaged index before it is written again', async () => {
    const { index, direct, base } = open();
    await scan(index);
    await direct.del(`${base}1`);
    const running = await index.begin();

    const isNoted = await index.note([{ ...published, kind: 'removed', pass: running.number, at: AT }], running);
    await index.note([published]);

    expect(isNoted).toBe(false);
    expect(await index.read()).toBeUndefined();
    const sizes = await Promise.all(Array.from({ length: 2 }, (_, shard) => direct.hlen(`${base}${shard}`)));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(1);
  });

  it.each(['', '{', '[]', '00000000', '00000000[]', '[{"file":{"product":"other"},"pass":1}]', 'null'])(
    'says that it is being built when the files of an experiment are %j, and the next scan mends it',
    async (text) => {
      const { index, direct, base } = open();
      await scan(index);
      const [field = ''] = await direct.hkeys(`${base}1`);
      await direct.hset(`${base}1`, field, text);

      expect(await index.read()).toBeUndefined();
      await scan(index);
      expect((await index.read())?.entries).toHaveLength(FILES);
    },
  );

  it('stays damaged when a file of an experiment is noted whose other files are damaged', async () => {
    const { index, direct, base } = open();
    await scan(index);
    const shards = await Promise.all(['0', '1'].map((shard) => direct.hexists(`${base}${shard}`, '/slug-1')));
    await direct.hset(`${base}${shards.indexOf(1)}`, '/slug-1', '[]');

    const isNoted = await index.note([published]);

    expect([isNoted, await index.read()]).toEqual([true, undefined]);
  });

  it('says that it is being built when the end of the scan is damaged', async () => {
    const { index, direct, base } = open();
    await scan(index);
    await direct.hset(`${base}header`, 'end', '{"at":"noon"}');

    expect(await index.read()).toBeUndefined();
  });

  it('keeps apart the files of deployments', async () => {
    const { index, redis } = open();
    await scan(index);
    const other = new RedisFreshnessIndex({ ...redis, deployment: { id: 'b', name: 'b' } });
    onTestFinished(() => other.close());

    expect(await other.read()).toBeUndefined();
  });
});
