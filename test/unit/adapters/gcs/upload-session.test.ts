/** Large objects: chunks by an upload session, and how they go on when something goes wrong. */
import { expect, it } from 'vitest';
import { recordedLimit } from '../../../support/recorded-limit.ts';
import { begin, CHUNK, gcsWorld, type GcsWorld, KIBIBYTE, NAME, never, sessionWorld, testBytes } from './gcs-world.ts';
import { refusal } from './gcs-bucket.ts';
import { crc32cOf } from './plain-crc32c.ts';

const METADATA = { 'contrail-job': 'x.daily.1', 'contrail-rows': '7' };

/** Writes two and a half chunks and commits them. */
async function publishLarge({ store }: GcsWorld, bytes = testBytes(2.5 * CHUNK), ifGeneration = 'absent') {
  const writer = await begin(store, { ifGeneration });
  for (let at = 0; at < bytes.length; at += 100 * KIBIBYTE) await writer.write(bytes.subarray(at, at + 100 * KIBIBYTE));
  return writer.commit(METADATA);
}

/** What is there now. */
function publishedIn({ server }: GcsWorld) {
  const { bytes, metadata } = server.bucket.objects.get(NAME) ?? { bytes: Buffer.of(), metadata: {} };
  return { length: bytes.length, crc32c: crc32cOf(bytes), metadata };
}

/** What is to be there. */
function whole(bytes = testBytes(2.5 * CHUNK)) {
  return { length: bytes.length, crc32c: crc32cOf(bytes), metadata: METADATA };
}

it('starts a session, sends chunks, and adds the metadata that are known only at the end', async () => {
  const world = await sessionWorld();

  const published = await publishLarge(world);

  expect(world.server.kinds).toEqual(['start', 'chunk', 'chunk', 'chunk', 'patch']);
  expect(world.server.requests.map((request) => request.headers['content-range'])).toEqual([
    undefined,
    'bytes 0-262143/*',
    'bytes 262144-524287/*',
    'bytes 524288-655359/655360',
    undefined,
  ]);
  expect(publishedIn(world)).toEqual(whole());
  expect(await world.store.head(NAME, never)).toEqual(published);
});

it('sends an object of exactly one chunk as the last chunk', async () => {
  const world = await sessionWorld();

  await publishLarge(world, testBytes(CHUNK));

  expect(world.server.kinds).toEqual(['start', 'chunk', 'patch']);
  expect(publishedIn(world)).toEqual(whole(testBytes(CHUNK)));
});

it('asks what the service has after a broken connection, and sends the rest', async () => {
  const world = await sessionWorld({ singleRequestBytes: 0, chunkBytes: 4 * CHUNK });
  world.server.failNext('chunk', { breakAfterBytes: 3 * CHUNK });
  const bytes = testBytes(5 * CHUNK);

  await publishLarge(world, bytes);

  expect(world.server.kinds).toEqual(['start', 'chunk', 'status', 'chunk', 'chunk', 'patch']);
  expect(world.server.requests[3]?.headers['content-range']).toMatch(/^bytes (262144|524288|786432)-1048575\/\*$/);
  expect(publishedIn(world)).toEqual(whole(bytes));
});

it('sends the rest of a chunk of which the service has kept a part', async () => {
  const world = await sessionWorld({ singleRequestBytes: 0, chunkBytes: 2 * CHUNK });
  const bytes = testBytes(3 * CHUNK);
  world.server.failNext('chunk', { reply: { status: 308 } });

  await publishLarge(world, bytes);

  expect(world.server.kinds).toEqual(['start', 'chunk', 'chunk', 'chunk', 'patch']);
  expect(publishedIn(world)).toEqual(whole(bytes));
});

it.each([
  ['start', { reply: { status: 503 } }],
  ['chunk', { reply: { status: 503 } }],
  ['chunk', { reply: { status: 429 } }],
  ['chunk', 'lose the reply'],
  ['chunk', 'cut the reply'],
  ['patch', { reply: { status: 503 } }],
  ['patch', { reply: refusal(429, 'The object exceeded the rate limit', 'rateLimitExceeded') }],
  ['patch', 'lose the reply'],
  ['patch', 'cut the reply'],
] as const)('goes on when this happens to the %s: %j', async (kind, fault) => {
  const world = await sessionWorld();
  world.server.failNext(kind, fault);

  const published = await publishLarge(world);

  expect(publishedIn(world)).toEqual(whole());
  expect(await world.store.head(NAME, never)).toEqual(published);
});

it('goes on when the status query fails as well', async () => {
  const world = await sessionWorld();
  world.server.failNext('chunk', 'lose the reply');
  world.server.failNext('status', { breakAfterBytes: 0 });

  await publishLarge(world);

  expect(publishedIn(world)).toEqual(whole());
});

it('knows its own object when the reply to the last chunk was lost', async () => {
  const world = await sessionWorld();
  const writer = await begin(world.store);
  await writer.write(testBytes(CHUNK / 2));
  world.server.failNext('chunk', 'lose the reply');

  const published = await writer.commit(METADATA);

  expect(world.server.kinds).toEqual(['start', 'chunk', 'status', 'patch']);
  expect(await world.store.head(NAME, never)).toEqual(published);
});

it('gives up after the attempts it is allowed, counted anew whenever something was kept', async () => {
  const world = await sessionWorld();
  for (let attempt = 0; attempt < 3; attempt++) world.server.failNext('chunk', { reply: { status: 503 } });

  const publishing = publishLarge(world);

  await expect(publishing).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  expect(world.server.bucket.objects.size).toBe(0);
  expect(world.server.kinds.at(-1)).toBe('cancel');
});

it('gives up on a service that keeps nothing and says that all is well', async () => {
  const world = await sessionWorld();
  for (let attempt = 0; attempt < 3; attempt++) world.server.failNext('chunk', { reply: { status: 308 } });

  const publishing = publishLarge(world);

  await expect(publishing).rejects.toMatchObject({
    code: 'SERVICE_UNAVAILABLE',
    message: expect.stringContaining('nothing was kept of a chunk'),
  });
});

it.each([404, 410])('reports a session that is gone (%i): all is to be sent again', async (status) => {
  const world = await sessionWorld();
  world.server.failNext('chunk', { reply: { status } });

  const publishing = publishLarge(world);

  await expect(publishing).rejects.toMatchObject({
    code: 'SERVICE_UNAVAILABLE',
    message: expect.stringContaining('the upload session is gone'),
  });
});

it('reports a service that has lost bytes which it had', async () => {
  const world = await sessionWorld();
  const writer = await begin(world.store);
  await writer.write(testBytes(1.5 * CHUNK));
  await writer.write(testBytes(CHUNK));
  world.server.failNext('chunk', { reply: { status: 503 } });
  world.server.failNext('status', { before: () => world.server.bucket.forgetSessions() });

  const publishing = writer.commit(METADATA);

  await expect(publishing).rejects.toMatchObject({
    code: 'SERVICE_UNAVAILABLE',
    message: expect.stringContaining('it has 0 bytes'),
  });
});

it('refuses to replace an object that was changed during the upload, and leaves it', async () => {
  const world = await sessionWorld();
  const writer = await begin(world.store);
  await writer.write(testBytes(2 * CHUNK));
  const other = world.server.bucket.put(NAME, Buffer.from('other'));

  const publishing = writer.commit(METADATA);

  await expect(publishing).rejects.toMatchObject({ code: 'OBJECT_CHANGED' });
  expect(world.server.bucket.objects.get(NAME)).toBe(other);
});

it('reports an object that is replaced before it has its metadata, and leaves the other', async () => {
  const world = await sessionWorld();
  const other = { metadata: { is: 'other' } };
  world.server.failNext('patch', { before: () => world.server.bucket.put(NAME, Buffer.from('other'), other) });

  const publishing = publishLarge(world);

  await expect(publishing).rejects.toMatchObject({ code: 'OBJECT_CHANGED' });
  expect(world.server.bucket.objects.get(NAME)?.metadata).toEqual({ is: 'other' });
});

it('leaves bytes that count as old where the metadata cannot be added, and names the permission', async () => {
  const world = await sessionWorld();
  world.server.failNext('patch', { reply: refusal(403, 'Forbidden') });

  const publishing = publishLarge(world);

  await expect(publishing).rejects.toMatchObject({
    code: 'ACCESS_DENIED',
    message: expect.stringContaining('storage.objects.update on the bucket bucket'),
  });
  expect(world.server.bucket.objects.get(NAME)).toMatchObject({ metadata: {} });
});

it('adds the metadata although the work is aborted once the bytes are in place', async () => {
  const world = await sessionWorld();
  const controller = new AbortController();
  const writer = await begin(world.store, { signal: controller.signal });
  await writer.write(testBytes(2.5 * CHUNK));
  world.server.failNext('patch', { before: () => controller.abort(new Error('stop')) });

  await writer.commit(METADATA);

  expect(publishedIn(world)).toEqual(whole());
});

it('cancels the session before its last chunk when the object is not wanted after all', async () => {
  const world = await sessionWorld();
  const old = world.server.bucket.put(NAME, Buffer.from('old'));
  const writer = await begin(world.store, { ifGeneration: String(old.generation) });
  await writer.write(testBytes(2 * CHUNK));

  await writer.discard();

  const ranges = world.server.requests.map((request) => request.headers['content-range'] ?? 'none');
  expect(world.server.kinds.at(-1)).toBe('cancel');
  expect(ranges.filter((range) => range !== 'none' && !range.endsWith('/*'))).toEqual([]);
  expect(world.server.bucket.objects.get(NAME)).toBe(old);
});

it('sends nothing for a small object that is not wanted after all', async () => {
  const { server, store } = await gcsWorld();
  const writer = await begin(store);
  await writer.write(testBytes(CHUNK));

  await writer.discard();

  expect(server.requests).toEqual([]);
});

it('stops in the middle of a chunk when it is aborted, and cancels the session', async () => {
  const world = await sessionWorld();
  const controller = new AbortController();
  const writer = await begin(world.store, { signal: controller.signal });
  world.server.failNext('chunk', { before: () => controller.abort(new Error('stop')) });
  await writer.write(testBytes(2 * CHUNK));

  const publishing = writer.commit(METADATA);

  await expect(publishing).rejects.toThrow('stop');
  expect(world.server.kinds).toEqual(['start', 'chunk', 'cancel']);
  expect(world.server.bucket.objects.size).toBe(0);
});

it('lets the service compare the checksum before the object appears', async () => {
  const world = await sessionWorld();
  const spoil = { reply: refusal(400, 'Provided CRC32C "x" doesn\'t match calculated CRC32C "y".') };
  const writer = await begin(world.store);
  await writer.write(testBytes(10));
  await writer.write(testBytes(CHUNK - 10));
  world.server.failNext('chunk', spoil);

  const publishing = writer.commit(METADATA);

  await expect(publishing).rejects.toMatchObject({ code: 'CHECKSUM_MISMATCH' });
  expect(world.server.requests[1]?.headers['x-goog-hash']).toMatch(/^crc32c=[\w+/]{6}==$/);
});

it('keeps two chunks of a large object in memory, whatever its size', { timeout: 60_000 }, async () => {
  const mebibyte = KIBIBYTE * KIBIBYTE;
  const { server, store } = await gcsWorld();
  server.bucket.countsOnly = true;
  const writer = await begin(store);
  const piece = testBytes(mebibyte);
  let kept = 0;

  for (let written = mebibyte; written <= 200 * mebibyte; written += mebibyte) {
    await writer.write(piece);
    kept = Math.max(kept, written - server.receivedBytes);
  }
  await writer.commit({});

  expect(kept).toBeGreaterThan(8 * mebibyte);
  expect(kept).toBeLessThanOrEqual(16 * mebibyte);
  expect(server.kinds.filter((kind) => kind === 'chunk')).toHaveLength(25);
});

it('waits for a turn for each chunk, and holds it while the chunk is sent', async () => {
  const events: string[] = [];
  const world = await sessionWorld({ uploadTurns: recordedLimit('upload', events) });
  world.server.failNext('chunk', { before: () => events.push('chunk') });

  await publishLarge(world);

  expect(events.slice(0, 3)).toEqual(['upload begins', 'chunk', 'upload ends']);
  expect(events.filter((event) => event === 'upload ends')).toHaveLength(3);
});
