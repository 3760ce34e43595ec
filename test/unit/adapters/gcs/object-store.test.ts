/** Reading, listing, metadata and joining on Cloud Storage, and what becomes of them when something goes wrong. */
import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { publish, readText } from '../../../contract/object-store.ts';
import { refusal } from './gcs-bucket.ts';
import { begin, CHUNK, gcsWorld, NAME, never, testBytes } from './gcs-world.ts';

const DAY_MS = 24 * 3_600_000;
const REQUEST = { name: NAME, contentType: 'application/json', ifGeneration: 'absent', metadata: {}, signal: never };

it('lists all pages, and asks for no fields that it does not read', async () => {
  const { server, store } = await gcsWorld();
  server.bucket.pageObjects = 2;
  for (const name of ['a/1', 'a/2', 'a/3', 'a/4', 'a/5', 'b']) server.bucket.put(name, Buffer.from('x'));

  const objects = await store.list('a/', never);

  expect(objects.map((object) => object.name)).toEqual(['a/1', 'a/2', 'a/3', 'a/4', 'a/5']);
  expect(server.kinds).toEqual(['list', 'list', 'list']);
  expect(server.requests[0]?.query.get('fields')).toBe(
    'nextPageToken,items(name,generation,metageneration,size,timeCreated,crc32c,metadata,contentType,contentEncoding)',
  );
});

it('tells the time of the bytes, not that of the metadata', async () => {
  const { server, store } = await gcsWorld();
  server.bucket.put(NAME, Buffer.from('x'), { created: new Date('2026-01-15T12:00:00.123Z') });

  expect(await store.head(NAME, never)).toMatchObject({ changedAt: Date.UTC(2026, 0, 15, 12, 0, 0, 123) });
});

it.each(['media', 'list', 'get'] as const)('tries again when a %s is refused for a moment', async (kind) => {
  const { server, store } = await gcsWorld();
  server.bucket.put(NAME, Buffer.from('x'));
  server.failNext(kind, { reply: { status: 503 } });

  const found = [await readText(store), (await store.list('', never)).length, (await store.head(NAME, never))?.bytes];

  expect(found).toEqual(['x', 1, 1]);
});

it('reports an object that ends early', async () => {
  const { server, store } = await gcsWorld();
  server.bucket.put(NAME, testBytes(1_000_000));
  server.failNext('media', 'cut the reply');

  await expect(readText(store)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
});

it('reports an object whose bytes do not have its checksum', async () => {
  const { server, store } = await gcsWorld();
  server.bucket.put(NAME, Buffer.from('right'));
  server.failNext('media', { change: (reply) => ({ ...reply, body: Buffer.from('wrong') }) });

  await expect(readText(store)).rejects.toMatchObject({ code: 'CHECKSUM_MISMATCH' });
});

it('unpacks an object that is stored compressed', async () => {
  const { server, store } = await gcsWorld();
  server.bucket.put(NAME, gzipSync('[1]'), { contentEncoding: 'gzip' });

  expect(await readText(store)).toBe('[1]');
});

it('reports a compressed object that ends early or is none', async () => {
  const { server, store } = await gcsWorld();
  server.bucket.put('a', gzipSync(testBytes(1_000_000)), { contentEncoding: 'gzip' });
  server.bucket.put('b', Buffer.from('plain'), { contentEncoding: 'gzip' });
  server.failNext('media', 'cut the reply');

  await expect(readText(store, 'a')).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  await expect(readText(store, 'b')).rejects.toMatchObject({ code: 'TARGET_UNREADABLE' });
});

it('stores objects compressed, but not the parts of others', async () => {
  const { server, store } = await gcsWorld({ gzip: true });

  await publish(store, { text: 'a'.repeat(1_000), metadata: { a: '1' } });
  await publish(store, { name: '.contrail-work/part', text: 'a' });

  expect(server.bucket.objects.get(NAME)).toMatchObject({ contentEncoding: 'gzip', metadata: { a: '1' } });
  expect(await readText(store)).toBe('a'.repeat(1_000));
  expect(server.bucket.objects.get('.contrail-work/part')?.bytes.toString()).toBe('a');
});

it('ends a compressed object that cannot be sent, with the reason', async () => {
  const { server, store } = await gcsWorld({ gzip: true, singleRequestBytes: 0 });
  server.failNext('start', { reply: refusal(403, 'Forbidden') });

  await expect(publish(store)).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
});

it('reports what broke a compressed object in its middle, and cancels its session', async () => {
  const { server, store } = await gcsWorld({ gzip: true, singleRequestBytes: 0, chunkBytes: CHUNK });
  const writer = await begin(store);
  server.failNext('chunk', { reply: refusal(403, 'Forbidden') });
  const noise = async (): Promise<void> => {
    for (let piece = 0; piece < 100; piece++) await writer.write(randomBytes(100_000));
  };

  const writing = noise();

  await expect(writing).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
  await expect(writer.write(Buffer.from('x'))).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
  await writer.discard();
  await expect(writer.write(Buffer.from('x'))).rejects.toMatchObject({ code: 'INTERNAL' });
  expect(server.kinds.at(-1)).toBe('cancel');
});

it.each([
  ['head', 'get', 'storage.objects.get'],
  ['list', 'list', 'storage.objects.list'],
  ['read', 'media', 'storage.objects.get'],
  ['updateMetadata', 'patch', 'storage.objects.update'],
  ['compose', 'compose', 'storage.objects.create'],
  ['remove', 'delete', 'storage.objects.delete'],
] as const)('names the permission that %s needs', async (method, kind, permission) => {
  const { server, store } = await gcsWorld();
  const { generation } = server.bucket.put(NAME, Buffer.from('x'));
  const request = { ...REQUEST, ifGeneration: String(generation) };
  const acts = {
    head: () => store.head(NAME, never),
    list: () => store.list('', never),
    read: () => store.read(NAME, never),
    updateMetadata: () => store.updateMetadata(request),
    compose: () => store.compose({ ...request, parts: [NAME] }),
    remove: () => store.remove('.contrail-work/x', never),
  };
  server.failNext(kind, { reply: refusal(403, 'Forbidden') });

  const act = acts[method]();

  await expect(act).rejects.toMatchObject({
    code: 'ACCESS_DENIED',
    message: expect.stringContaining(`permission ${permission} on the bucket bucket`),
  });
});

it('refuses to replace metadata that somebody else has replaced in the meantime', async () => {
  const { server, store } = await gcsWorld();
  const { generation } = server.bucket.put(NAME, Buffer.from('x'));
  server.failNext('patch', {
    before: () => server.bucket.put(NAME, Buffer.from('x'), { generation, metageneration: 2, metadata: { a: '2' } }),
  });

  const updating = store.updateMetadata({
    name: NAME,
    ifGeneration: String(generation),
    metadata: { a: '1' },
    signal: never,
  });

  await expect(updating).rejects.toMatchObject({ code: 'OBJECT_CHANGED' });
  expect(server.bucket.objects.get(NAME)?.metadata).toEqual({ a: '2' });
});

it('joins 70 parts with four calls, and removes what lies between', async () => {
  const { server, store } = await gcsWorld();
  const parts = Array.from({ length: 70 }, (_, index) => `.contrail-work/${index}`);
  for (const part of parts) server.bucket.put(part, Buffer.from(`${part},`));

  await store.compose({ ...REQUEST, parts });

  const removals = ['delete', 'delete', 'delete'];
  expect(server.kinds).toEqual(['list', 'compose', 'compose', 'compose', 'compose', ...removals]);
  expect(server.bucket.objects.get(NAME)?.bytes.toString()).toBe(parts.map((part) => `${part},`).join(''));
  expect(server.bucket.objects.size).toBe(71);
});

it('knows its own joined object when the reply was lost', async () => {
  const { server, store } = await gcsWorld();
  server.bucket.put('.contrail-work/1', Buffer.from('[]'));
  server.failNext('compose', 'lose the reply');

  const joined = await store.compose({ ...REQUEST, parts: ['.contrail-work/1'], metadata: { a: '1' } });

  expect(await store.head(NAME, never)).toEqual(joined);
});

it('says so where work objects cannot be removed, and has published all the same', async () => {
  const { server, store, log } = await gcsWorld();
  const parts = Array.from({ length: 33 }, () => '.contrail-work/1');
  server.bucket.put('.contrail-work/1', Buffer.from('1'));
  server.failNext('delete', { reply: refusal(403, 'Forbidden') });

  await store.compose({ ...REQUEST, parts });

  expect(server.bucket.objects.get(NAME)?.bytes.length).toBe(33);
  expect(log.lines).toMatchObject([{ level: 'warn', text: 'work objects could not be removed' }]);
});

it('removes work objects of a day ago, by the clock of the service, before it makes the first of its own', async () => {
  const { server, store } = await gcsWorld();
  const old = { created: new Date(Date.now() - DAY_MS - 60_000) };
  const recent = { created: new Date(Date.now() - DAY_MS + 60_000) };
  server.bucket.put('.contrail-work/old', Buffer.from('x'), old);
  server.bucket.put('.contrail-work/recent', Buffer.from('x'), recent);
  server.bucket.put('statistics/old', Buffer.from('x'), old);

  for (const name of ['.contrail-work/1', '.contrail-work/2']) await publish(store, { name });

  expect(server.kinds).toEqual(['list', 'delete', 'upload', 'upload']);
  expect([...server.bucket.objects.keys()].sort()).toEqual([
    '.contrail-work/1',
    '.contrail-work/2',
    '.contrail-work/recent',
    'statistics/old',
  ]);
});

it('goes on where old work objects cannot be listed, and tries again with the next', async () => {
  const { server, store, log } = await gcsWorld();
  server.failNext('list', { reply: refusal(403, 'Forbidden') });

  for (const name of ['.contrail-work/1', '.contrail-work/2']) await publish(store, { name });

  expect(server.kinds).toEqual(['list', 'upload', 'list', 'upload']);
  expect(log.lines).toMatchObject([{ level: 'warn', text: 'old work objects could not be removed' }]);
});
