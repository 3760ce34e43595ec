/** Small objects: one request, and what becomes of it when something goes wrong. */
import { recordedLimit } from '../../../support/recorded-limit.ts';
import { expect, it } from 'vitest';
import { publish } from '../../../contract/object-store.ts';
import { begin, gcsWorld, NAME, never } from './gcs-world.ts';
import { refusal } from './gcs-bucket.ts';
import { crc32cOf } from './plain-crc32c.ts';

it('publishes a small object with one request that holds metadata, checksum and precondition', async () => {
  const { server, store } = await gcsWorld();
  const before = server.bucket.put(NAME, Buffer.from('old'));
  const ifGeneration = String(before.generation);

  const published = await publish(store, { text: '[1]', ifGeneration, metadata: { a: 'ä' } });

  expect(server.requests).toMatchObject([{ kind: 'upload', method: 'POST', path: '/upload/storage/v1/b/bucket/o' }]);
  expect(server.requests[0]?.query.get('ifGenerationMatch')).toBe(ifGeneration);
  expect(server.bucket.objects.get(NAME)).toMatchObject({
    bytes: Buffer.from('[1]'),
    contentType: 'application/json',
    metadata: { a: 'ä' },
    crc32c: crc32cOf(Buffer.from('[1]')),
  });
  expect(published.generation).not.toBe(ifGeneration);
});

it('knows its own object when the first reply was lost', async () => {
  const { server, store } = await gcsWorld();
  server.failNext('upload', 'lose the reply');

  const published = await publish(store, { text: '[1]', metadata: { 'contrail-job': 'x.daily.1' } });

  expect(server.kinds).toEqual(['upload', 'upload', 'get']);
  expect(await store.head(NAME, never)).toEqual(published);
});

it.each([
  ['other bytes', '[2]', { 'contrail-job': 'x.daily.1' }],
  ['the same bytes of another job', '[1]', { 'contrail-job': 'x.daily.2' }],
])('does not take for its own: %s', async (_, text, metadata) => {
  const { server, store } = await gcsWorld();
  server.failNext('upload', { breakAfterBytes: 10 });
  server.failNext('upload', { before: () => server.bucket.put(NAME, Buffer.from(text), { metadata }) });

  const publishing = publish(store, { text: '[1]', metadata: { 'contrail-job': 'x.daily.1' } });

  await expect(publishing).rejects.toMatchObject({ code: 'OBJECT_CHANGED' });
  expect(server.bucket.objects.get(NAME)?.bytes.toString()).toBe(text);
});

it('takes a first refusal of the precondition for what it is, and asks no more', async () => {
  const { server, store } = await gcsWorld();
  server.bucket.put(NAME, Buffer.from('[1]'));

  const publishing = publish(store, { text: '[1]' });

  await expect(publishing).rejects.toMatchObject({ code: 'OBJECT_CHANGED' });
  expect(server.kinds).toEqual(['upload']);
});

it.each([
  ['status 503', { reply: { status: 503 } }],
  ['status 500', { reply: { status: 500 } }],
  ['status 408', { reply: { status: 408 } }],
  ['a broken connection', { breakAfterBytes: 0 }],
  ['a reply that is cut off', 'cut the reply'],
] as const)('tries again after %s', async (_, fault) => {
  const { server, store, log } = await gcsWorld();
  server.failNext('upload', fault);

  const published = await publish(store, { text: '[1]', metadata: { a: '1' } });

  expect(await store.head(NAME, never)).toEqual(published);
  expect(log.lines.map((line) => line.text)).toEqual(['Cloud Storage is asked again']);
});

it('gives up after the attempts it is allowed', async () => {
  const { server, store } = await gcsWorld();
  for (let attempt = 0; attempt < 3; attempt++) {
    server.failNext('upload', { reply: refusal(503, 'We encountered an internal error. Please try again.') });
  }

  const publishing = publish(store);

  await expect(publishing).rejects.toMatchObject({
    code: 'SERVICE_UNAVAILABLE',
    message: expect.stringContaining('gs://bucket/statistics/statistics_x_weekly.json: We encountered'),
  });
  expect(server.kinds).toEqual(['upload', 'upload', 'upload']);
});

it.each([
  [429, 'The rate of requests is too high', 'rateLimitExceeded', 'THROTTLED', 'publishing gs://bucket/'],
  [403, 'Rate limit', 'userRateLimitExceeded', 'THROTTLED', 'publishing gs://bucket/'],
  [403, 'Quota', 'quotaExceeded', 'QUOTA_EXCEEDED', 'publishing gs://bucket/'],
  [
    403,
    'x@y does not have storage.objects.delete access to the Google Cloud Storage object.',
    'forbidden',
    'ACCESS_DENIED',
    'permission storage.objects.delete on the bucket bucket',
  ],
  [403, 'Forbidden', 'forbidden', 'ACCESS_DENIED', 'permission storage.objects.create on the bucket bucket'],
  [404, 'The specified bucket does not exist.', 'notFound', 'BUCKET_MISSING', 'bucket bucket does not exist'],
  [400, 'Provided CRC32C "x" doesn\'t match calculated CRC32C "y".', 'invalid', 'CHECKSUM_MISMATCH', 'other bytes'],
  [400, 'Invalid argument.', 'invalid', 'INTERNAL', 'Invalid argument (400)'],
])('reports status %i, “%s”, %s as %s, without another attempt', async (...refused) => {
  const [status, said, reason, code, message] = refused;
  const { server, store } = await gcsWorld();
  server.failNext('upload', { reply: refusal(status, said, reason) });

  const publishing = publish(store);

  await expect(publishing).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  expect(server.kinds).toEqual(['upload']);
  expect(server.bucket.objects.size).toBe(0);
});

it('reports refused credentials after one attempt with a new token', async () => {
  const { server, store } = await gcsWorld();
  for (let attempt = 0; attempt < 2; attempt++)
    server.failNext('upload', { reply: refusal(401, 'Invalid Credentials') });

  const publishing = publish(store);

  await expect(publishing).rejects.toMatchObject({ code: 'CREDENTIALS_INVALID' });
  expect(server.kinds).toEqual(['upload', 'upload']);
});

it('takes the metadata from an object whose checksum comes back as another, so that it counts as old', async () => {
  const { server, store } = await gcsWorld();
  const spoil = (json: unknown) => ({ ...Object(json), crc32c: 'AAAAAA==' });
  server.failNext('upload', { change: (reply) => ({ ...reply, json: spoil(reply.json) }) });

  const publishing = publish(store, { metadata: { 'contrail-source-version': '1' } });

  await expect(publishing).rejects.toMatchObject({ code: 'CHECKSUM_MISMATCH' });
  expect(server.bucket.objects.get(NAME)?.metadata).toEqual({});
});

it('reports a service on which nothing moves', async () => {
  const { server, store } = await gcsWorld({ timeouts: { stallMs: 50 } });
  for (let attempt = 0; attempt < 3; attempt++) server.failNext('upload', 'stall');

  const publishing = publish(store);

  await expect(publishing).rejects.toMatchObject({
    code: 'SERVICE_UNAVAILABLE',
    message: expect.stringContaining('nothing moved on the connection for 50 ms'),
  });
});

it('reports a service that is not there', async () => {
  const { store } = await gcsWorld({ apiEndpoint: 'http://127.0.0.1:1' });

  const publishing = publish(store);

  await expect(publishing).rejects.toMatchObject({
    code: 'SERVICE_UNAVAILABLE',
    message: expect.stringContaining('ECONNREFUSED'),
  });
});

it('stops waiting for a reply when it is aborted, with the reason', async () => {
  const { server, store } = await gcsWorld();
  const controller = new AbortController();
  const writer = await begin(store, { signal: controller.signal });
  // The abort comes while the request is with the service.
  server.failNext('upload', { before: () => controller.abort(new Error('stop')) });

  const publishing = writer.commit({});

  await expect(publishing).rejects.toThrow('stop');
});

it('refuses chunks that the service would refuse', async () => {
  await expect(gcsWorld({ chunkBytes: 1_000_000 })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
});

it('waits for a turn, and holds it while the object is sent', async () => {
  const events: string[] = [];
  const { server, store } = await gcsWorld({ uploadTurns: recordedLimit('upload', events) });
  server.failNext('upload', { before: () => events.push('request') });

  await publish(store);

  expect(events).toEqual(['upload begins', 'request', 'upload ends']);
});
