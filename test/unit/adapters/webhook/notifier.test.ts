import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebhookNotifier, type WebhookOptions } from '../../../../src/adapters/webhook/notifier.ts';
import type { AlertMessage } from '../../../../src/alerts/message.ts';
import { Secret } from '../../../../src/domain/secret.ts';
import { NOW } from '../../../support/alert-world.ts';
import { httpClient } from '../../../support/http-client.ts';

const MESSAGE: AlertMessage = {
  title: '1 alert opened',
  lines: [{ event: 'opened', severity: 'warning', text: 'é 😀', link: null }],
  alerts: [],
  count: 1,
};
const never = new AbortController().signal;

interface Received {
  readonly path: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A receiver on loopback, and a notifier that sends to it. */
async function setup(answer: (response: ServerResponse) => void, options: Partial<WebhookOptions> = {}, user = '') {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({ path: request.url, headers: request.headers, body: Buffer.concat(chunks).toString('utf8') });
      answer(response);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const url = new Secret(`http://${user}127.0.0.1:${port}/services/very-secret`);
  const clock = { now: () => NOW };
  const own = { name: 'team', format: 'json', url, http: httpClient(), timeoutMs: 5_000, clock } as const;
  const notifier = new WebhookNotifier({ ...own, ...options });
  return { received, notifier, server };
}

const answering =
  (status: number, body = '', headers: Record<string, string> = {}) =>
  (response: ServerResponse): void => {
    response.writeHead(status, headers).end(body);
  };

describe('WebhookNotifier', () => {
  it('posts a JSON body that its receiver can check', async () => {
    const { received, notifier } = await setup(answering(204), { secret: new Secret('s3cret') });

    await notifier.send(MESSAGE, never);

    const [request] = received;
    const expected = createHmac('sha256', 's3cret')
      .update(`${NOW / 1000}.${request?.body}`)
      .digest('hex');
    expect(request?.headers).toMatchObject({
      'content-type': 'application/json',
      'contrail-timestamp': String(NOW / 1000),
      'contrail-signature': `sha256=${expected}`,
      'user-agent': expect.stringMatching(/^contrail\//),
    });
    expect(JSON.parse(request?.body ?? '')).toMatchObject({ version: 1, title: '1 alert opened' });
  });

  it('posts what Slack takes, unsigned', async () => {
    const { received, notifier } = await setup(answering(200, 'ok'), { format: 'slack' });

    await notifier.send(MESSAGE, never);

    expect(received).toHaveLength(1);
    expect(received[0]?.headers).not.toHaveProperty('contrail-signature');
    expect(JSON.parse(received[0]?.body ?? '')).toMatchObject({ blocks: [{ type: 'header' }, { type: 'section' }] });
    expect(received[0]?.body).toContain('é 😀');
  });

  it.each([
    [429, 'THROTTLED'],
    [500, 'SERVICE_UNAVAILABLE'],
    [503, 'SERVICE_UNAVAILABLE'],
    [403, 'ACCESS_DENIED'],
    [404, 'TARGET_UNWRITABLE'],
    [400, 'TARGET_UNWRITABLE'],
  ])('calls status %d %s, tries once, and keeps the address to itself', async (status, code) => {
    const { received, notifier } = await setup(answering(status, 'invalid_payload'));

    const error: unknown = await notifier.send(MESSAGE, never).catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code, message: expect.stringContaining(`status ${status} ("invalid_payload")`) });
    expect(String(error)).not.toContain('very-secret');
    expect(received).toHaveLength(1);
  });

  it.each([
    ['its path', '/services/very-secret'],
    ['a piece of its path', 'no such hook: very-sec'],
    ['its path, encoded', encodeURIComponent('/services/very-secret')],
    ['the key that signs', 'expected sha256 with k3y-of-the-team'],
    ['its user', Buffer.from('me:p4ssword').toString('base64')],
  ])('does not quote an answer that repeats %s', async (_, body) => {
    const secret = new Secret('k3y-of-the-team');
    const { notifier } = await setup(answering(400, body), { secret }, 'me:p4ssword@');

    const error: unknown = await notifier.send(MESSAGE, never).catch((thrown: unknown) => thrown);

    expect(String(error)).toContain('the answer is not shown, because it repeats a secret');
    expect(inspect([error, notifier], { depth: 9 })).not.toMatch(/very-sec|k3y|p4ss|cDRzc3/);
  });

  it('gives the user and the password of its address to the receiver', async () => {
    const { received, notifier } = await setup(answering(200), {}, 'me:p4ssword@');

    await notifier.send(MESSAGE, never);

    expect(received[0]?.headers.authorization).toBe(`Basic ${Buffer.from('me:p4ssword').toString('base64')}`);
  });

  it('follows no redirect', async () => {
    const elsewhere = await setup(answering(200));
    const { port } = elsewhere.server.address() as AddressInfo;
    const { notifier } = await setup(answering(307, '', { location: `http://127.0.0.1:${port}/` }));

    await expect(notifier.send(MESSAGE, never)).rejects.toMatchObject({ code: 'TARGET_UNWRITABLE' });
    expect(elsewhere.received).toEqual([]);
  });

  it('reads only the beginning of a long refusal', async () => {
    const { notifier } = await setup(answering(400, 'x'.repeat(5_000_000)));

    const error = await notifier.send(MESSAGE, never).catch((thrown: unknown) => thrown);

    expect(String(error).length).toBeLessThan(500);
  });

  it('calls a receiver that is not there, or hangs up, or is silent, unavailable', async () => {
    const gone = await setup(answering(200));
    await new Promise((done) => gone.server.close(done));
    const rude = await setup((response) => response.destroy());
    const silent = await setup(() => undefined, { timeoutMs: 50 });

    for (const { notifier } of [gone, rude, silent]) {
      const error: unknown = await notifier.send(MESSAGE, never).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
      expect(String(error)).not.toContain('very-secret');
    }
  });

  it('stops when it is told to', async () => {
    const stop = new AbortController();
    const { notifier } = await setup(() => stop.abort(new Error('stop')));

    await expect(notifier.send(MESSAGE, stop.signal)).rejects.toThrow('stop');
  });
});
