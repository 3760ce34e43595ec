/** The client against servers that behave, and against all that do not. */
import { getEventListeners, once } from 'node:events';
import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { RequestReport } from '../../../../src/adapters/http/http-client.ts';
import type { HttpReply, HttpRequest, RepeatPolicy } from '../../../../src/ports/http.ts';
import { httpClient } from '../../../support/http-client.ts';
import { rawServer } from './raw-server.ts';

const never = new AbortController().signal;
const textOf = (reply: HttpReply): Promise<string> => reply.text();

function get(url: URL, request: Partial<HttpRequest> = {}, client = httpClient()): Promise<string> {
  return client.request({ service: 'test', method: 'GET', url, signal: never, ...request }, textOf);
}

function repeat(policy: Partial<RepeatPolicy> = {}): RepeatPolicy {
  return { tries: 3, firstPauseMs: 1, longestPauseMs: 2, isWorthIt: () => true, ...policy };
}

const reply = (body: string | Buffer, headers = '', status = '200 OK') => {
  const bytes = Buffer.from(body);
  return Buffer.concat([Buffer.from(`HTTP/1.1 ${status}\r\ncontent-length: ${bytes.length}\r\n${headers}\r\n`), bytes]);
};

describe('a request', () => {
  it('is sent as it is, and its reply read', async () => {
    const server = await rawServer((socket) => socket.write(reply('hello', 'x-a: 1\r\nX-A: 2\r\n')));
    const client = httpClient();

    const got = await client.request(
      { service: 'test', method: 'PUT', url: server.url, headers: { 'x-b': 'c' }, body: 'héllo', signal: never },
      async (answer) => ({ status: answer.status, a: answer.headers['x-a'], text: await answer.text() }),
    );

    expect(got).toEqual({ status: 200, a: '1, 2', text: 'hello' });
    expect(server.received()).toMatch(/^PUT \/path\?a=b HTTP\/1\.1\r\n/);
    expect(server.received()).toMatch(/x-b: c\r\n[^]*content-length: 6\r\n/);
  });

  it('uses the connection of the one before', async () => {
    const server = await rawServer((socket) => socket.write(reply('hello')));
    const client = httpClient();

    for (let index = 0; index < 5; index++) await get(server.url, {}, client);

    expect(server.sockets).toHaveLength(1);
  });

  it('sends a large body in pieces, whole, and again with each try', async () => {
    const pieces = [Buffer.alloc(100_001, 'a'), Buffer.alloc(5, 'b'), Buffer.alloc(200_000, 'c')];
    let taken = 0;
    const server = await rawServer(() => undefined);
    const asked = get(server.url, { method: 'PUT', body: pieces, repeat: repeat({ tries: 2 }) });
    await expect.poll(() => server.received().length).toBeGreaterThan(300_000);
    taken = server.received().length;

    server.sockets[0]?.destroy();
    await expect.poll(() => server.received().length).toBe(2 * taken);
    server.sockets[1]?.write(reply('done'));

    expect(await asked).toBe('done');
    const [, first = '', second = ''] = server.received().split(/PUT [^]*?\r\n\r\n/);
    expect(first).toBe(Buffer.concat(pieces).toString('latin1'));
    expect(second).toBe(first);
    expect(server.received()).toContain('content-length: 300006\r\n');
  });

  it('is signed, and signed anew once when the signature is refused', async () => {
    let tokens = 0;
    const server = await rawServer((socket, head) =>
      socket.write(head.includes('token-2') ? reply('in') : reply('who?', '', '401 Unauthorized')),
    );
    const credentials = {
      headers: async () => ({ authorization: `Bearer token-${tokens + 1}` }),
      renew: () => (tokens += 1),
    };

    expect(await get(server.url, { credentials })).toBe('in');

    expect([tokens, server.sockets.length]).toEqual([1, 1]);
  });

  it('is counted each time it is sent', async () => {
    let sent = 0;
    const server = await rawServer((socket) => socket.write(reply('', '', '503 Away')));
    const read = async (answer: HttpReply) => Promise.reject(new Error(`status ${answer.status}`));
    const request = { service: 'test', method: 'GET', url: server.url, signal: never, onSend: () => (sent += 1) };

    await expect(httpClient().request({ ...request, repeat: repeat() }, read)).rejects.toThrow('status 503');

    expect(sent).toBe(3);
  });
});

describe('a reply', () => {
  it('may be of HTTP/1.0, without a length', async () => {
    const server = await rawServer((socket) => socket.end('HTTP/1.0 200 OK\r\n\r\nold but good'));

    expect(await get(server.url)).toBe('old but good');
  });

  it.each([
    ['nothing', Buffer.alloc(0), 0],
    ['a text', gzipSync('hello'), 5],
    ['a text in two members', Buffer.concat([gzipSync('hello'), gzipSync(' you')]), 9],
  ])('is unpacked: %s', async (_, packed, length) => {
    const server = await rawServer((socket) => socket.write(reply(packed, 'content-encoding: gzip\r\n')));

    const text = await get(server.url, { isUnpacked: true });

    expect(text).toHaveLength(length);
    expect(server.received()).toContain('accept-encoding: gzip\r\n');
  });

  it('stays packed where nobody asked for it', async () => {
    const server = await rawServer((socket) => socket.write(reply(gzipSync('hello'), 'content-encoding: gzip\r\n')));

    expect(await get(server.url)).toContain('\u001f');
    expect(server.received()).not.toContain('accept-encoding');
  });

  it.each([
    ['is cut off', gzipSync('hello'.repeat(1_000)).subarray(0, 30), 'gzip', /unexpected end of file/],
    ['is none', Buffer.from('hello'), 'gzip', /incorrect header check/],
    ['is of another kind', Buffer.from('hello'), 'br', /an encoding that was not asked for/],
  ])('cannot be read where what it packs %s', async (_, packed, encoding, reason) => {
    const server = await rawServer((socket) => socket.write(reply(packed, `content-encoding: ${encoding}\r\n`)));

    await expect(get(server.url, { isUnpacked: true })).rejects.toThrow(reason);
  });

  it.each([
    ['plain', Buffer.alloc(3_000_000, ' '), ''],
    ['as a gzip bomb', gzipSync(Buffer.alloc(300_000_000, ' ')), 'content-encoding: gzip\r\n'],
  ])('is read no further than its limit: %s', async (_, body, headers) => {
    const server = await rawServer((socket) => socket.write(reply(body, headers)));
    const limit = { bytes: 2_000_000, setting: 'THE_LIMIT', what: 'the answer' };

    await expect(get(server.url, { isUnpacked: true, limit })).rejects.toThrow(
      'the answer is larger than 2 MB, the limit of THE_LIMIT',
    );

    await expect.poll(() => server.sockets[0]?.destroyed).toBe(true);
  });

  it.each([
    ['has too large headers', reply('', `x: ${'a'.repeat(100_000)}\r\n`), /headers of the reply are too large/],
    ['is not HTTP', Buffer.from('SSH-2.0-OpenSSH s3cret\r\n'), /^the reply is not HTTP$/],
    ['ends midway', Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhel'), /other side closed/],
    ['never begins', Buffer.alloc(0), /other side closed/],
    ['ends in its headers', Buffer.from('HTTP/1.1 200 OK\r\ncontent-le'), /other side closed/],
  ])('cannot be read where it %s', async (_, bytes, reason) => {
    const server = await rawServer((socket) => socket.end(bytes));

    const error: unknown = await get(server.url).catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ message: expect.stringMatching(reason) });
    expect(error).not.toHaveProperty('data');
  });

  it('is let go of where nobody reads it', async () => {
    const server = await rawServer((socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhel'));
    const request = { service: 'test', method: 'GET', url: server.url, signal: never };

    const status = await httpClient().request(request, async (answer) => answer.status);

    expect(status).toBe(200);
    await expect.poll(() => server.sockets[0]?.destroyed).toBe(true);
  });

  it('may be read after the request, piece by piece', async () => {
    const server = await rawServer((socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nhel'));
    const request = { service: 'test', method: 'GET', url: server.url, signal: never };

    const body = await httpClient().request(request, async (answer) => answer.takeBody());
    const first = await body.next();
    server.sockets[0]?.write('lo!');
    const second = await body.next();

    expect([String(first.value), String(second.value)]).toEqual(['hel', 'lo!']);
    expect((await body.next()).done).toBe(true);
  });
});

describe('a redirect', () => {
  const secret = { headers: async () => ({ authorization: 'Bearer s3cret' }), renew: () => undefined };

  it('is the reply where it is not to be followed', async () => {
    const server = await rawServer((socket) => socket.write(reply('', 'location: /else\r\n', '302 Found')));
    const request = { service: 'test', method: 'GET', url: server.url, signal: never };

    expect(await httpClient().request(request, async ({ status }) => status)).toBe(302);
  });

  it('is followed to the same origin, on the same connection, with the signature', async () => {
    const server = await rawServer((socket, head) =>
      socket.write(head.includes('/else') ? reply('here') : reply('go', 'location: /else\r\n', '302 Found')),
    );

    expect(await get(server.url, { followsRedirects: true, credentials: secret })).toBe('here');

    expect(server.sockets).toHaveLength(1);
    expect(server.received().match(/s3cret/g)).toHaveLength(2);
  });

  it.each([
    (port: string) => `http://127.0.0.1:${port}/else?s3cret`,
    (port: string) => `//127.0.0.1:${port}/`,
    (port: string) => `http://localhost:${port}/`,
  ])('is followed to no other host, and no token is sent there', async (locationOf) => {
    const elsewhere = await rawServer((socket) => socket.write(reply('caught')));
    const location = locationOf(elsewhere.url.port);
    const server = await rawServer((socket) => socket.write(reply('', `location: ${location}\r\n`, '302 Found')));

    const error: unknown = await get(server.url, { followsRedirects: true, credentials: secret }).catch(
      (e: unknown) => e,
    );

    expect(String(error)).toMatch(/it redirects to another host, \S+:\d+$/);
    expect(elsewhere.sockets).toEqual([]);
  });

  it('is not followed without end', async () => {
    const server = await rawServer((socket) => socket.write(reply('', 'location: /again\r\n', '307 Again')));

    await expect(get(server.url, { followsRedirects: true })).rejects.toThrow('it redirects without end');
  });
});

describe('trouble', () => {
  it.each<[string, (socket: Socket) => void]>([
    ['accepts and never answers', () => undefined],
    ['stops in the middle', (socket) => void socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhel')],
  ])('with a server that %s ends after a while', async (_, answer) => {
    const server = await rawServer(answer);

    await expect(get(server.url, { stallMs: 50 })).rejects.toThrow('nothing moved on the connection for 50 ms');

    await expect.poll(() => server.sockets[0]?.destroyed).toBe(true);
  });

  it('with a server that takes no more of a body ends after a while', async () => {
    const server = await rawServer((socket) => socket.pause());
    const body = [Buffer.alloc(30_000_000)];

    await expect(get(server.url, { method: 'PUT', body, stallMs: 50 })).rejects.toThrow('nothing moved');
  });

  it('with a server that sends byte by byte ends with the time for the whole', async () => {
    const server = await rawServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n');
      const drip = (): void => {
        if (socket.writable) socket.write('a', () => setTimeout(drip, 10));
      };
      drip();
    });

    await expect(get(server.url, { timeoutMs: 100 })).rejects.toMatchObject({ name: 'TimeoutError' });

    await expect.poll(() => server.sockets[0]?.destroyed).toBe(true);
  });

  it('does not come from a reader that takes its time', async () => {
    const server = await rawServer((socket) => socket.write(reply(Buffer.alloc(3_000_000))));
    const request = { service: 'test', method: 'GET', url: server.url, stallMs: 10, signal: never };

    const body = await httpClient().request(request, async (answer) => answer.takeBody());
    let length = 0;
    for await (const piece of body) {
      // Longer than a stall as undici counts it.
      if (length === 0) await new Promise((resolve) => setTimeout(resolve, 1_500));
      length += piece.length;
    }

    expect(length).toBe(3_000_000);
  });

  it.each<[string, string]>([
    ['before an answer', ''],
    ['in the middle of one', 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhel'],
  ])('ends with the reason of an abort %s, down to the socket', async (_, beginning) => {
    const stop = new AbortController();
    const server = await rawServer((socket) => {
      if (beginning !== '') socket.write(beginning);
    });
    const asked = get(server.url, { timeoutMs: 60_000, repeat: repeat(), signal: stop.signal });
    await expect.poll(() => server.received()).toContain('GET');

    stop.abort(new Error('stop'));

    await expect(asked).rejects.toThrow('stop');
    const [socket] = server.sockets;
    if (socket?.destroyed === false) await once(socket, 'close');
    expect([server.sockets.length, getEventListeners(stop.signal, 'abort')]).toEqual([1, []]);
  });

  it('warns of nothing where many requests share a signal', async () => {
    const { signal } = new AbortController();
    const server = await rawServer((socket) => socket.write(reply('hello')));
    const client = httpClient();
    const warnings: string[] = [];
    const note = ({ name }: Error): number => warnings.push(name);
    process.on('warning', note);
    onTestFinished(() => void process.off('warning', note));

    await Promise.all(Array.from({ length: 20 }, () => get(server.url, { signal }, client)));

    await nextTurn();
    expect(warnings).toEqual([]);
  });

  it('leaves no listener behind', async () => {
    const { signal } = new AbortController();
    const server = await rawServer((socket) => socket.write(reply('hello')));

    await get(server.url, { timeoutMs: 60_000, signal });

    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('is told where nothing listens', async () => {
    await expect(get(new URL('http://127.0.0.1:1/'))).rejects.toThrow('connect ECONNREFUSED 127.0.0.1:1');
  });
});

describe('tries', () => {
  it('end with the first good one', async () => {
    let requests = 0;
    const server = await rawServer((socket) => {
      requests += 1;
      if (requests < 3) socket.destroy();
      else socket.write(reply('at last'));
    });
    const pauses: number[] = [];
    const policy = repeat({ firstPauseMs: 8, longestPauseMs: 20, onPause: ({ pauseMs }) => pauses.push(pauseMs) });

    expect(await get(server.url, { repeat: policy })).toBe('at last');

    expect(pauses[0]).toBeGreaterThanOrEqual(8);
    expect(pauses[0]).toBeLessThan(16);
    expect(pauses[1]).toBeGreaterThanOrEqual(16);
    expect(pauses[1]).toBeLessThanOrEqual(20);
  });

  it('end where another is not worth it', async () => {
    const server = await rawServer((socket) => socket.destroy());
    const isWorthIt = (error: unknown): boolean => !(error instanceof Error && error.message.includes('closed'));

    await expect(get(server.url, { repeat: repeat({ isWorthIt }) })).rejects.toThrow('other side closed');

    expect(server.sockets).toHaveLength(1);
  });

  it('wait for as long as the service asks, but never for a week', async () => {
    const week = String(7 * 24 * 3_600);
    let requests = 0;
    const server = await rawServer((socket) => {
      requests += 1;
      socket.write(requests === 1 ? reply('', `retry-after: ${week}\r\n`, '429 Slow down') : reply('hello'));
    });
    const pauses: number[] = [];
    const policy = repeat({ longestPauseMs: 30, onPause: ({ pauseMs }) => pauses.push(pauseMs) });
    const request = { service: 'test', method: 'GET', url: server.url, repeat: policy, signal: never };

    await httpClient().request(request, async (answer) => {
      if (answer.status === 429) throw new Error('slow down');
    });

    expect(pauses).toEqual([30]);
  });

  it('end with an abort in a pause', async () => {
    const stop = new AbortController();
    const server = await rawServer((socket) => socket.destroy());
    const policy = repeat({
      firstPauseMs: 60_000,
      longestPauseMs: 60_000,
      onPause: () => stop.abort(new Error('stop')),
    });

    await expect(get(server.url, { repeat: policy, signal: stop.signal })).rejects.toThrow('stop');
  });
});

describe('measurements', () => {
  async function measured(answer: (socket: Socket, requests: number) => void) {
    let requests = 0;
    const server = await rawServer((socket) => answer(socket, (requests += 1)));
    const reports: RequestReport[] = [];
    return { server, reports, client: httpClient({ onRequest: (report) => reports.push(report) }) };
  }

  it('come once a request, with its tries and the size of the reply', async () => {
    const { server, reports, client } = await measured((socket, requests) =>
      requests === 1 ? socket.destroy() : socket.write(reply('hello')),
    );

    await get(server.url, { repeat: repeat() }, client);

    expect(reports).toEqual([
      { service: 'test', method: 'GET', status: 200, durationMs: expect.any(Number), bytes: 5, tries: 2 },
    ]);
  });

  it('come for failures too', async () => {
    const { server, reports, client } = await measured((socket) => socket.destroy());

    await expect(get(server.url, { repeat: repeat({ tries: 2 }) }, client)).rejects.toThrow('other side closed');

    expect(reports).toMatchObject([{ status: undefined, bytes: 0, tries: 2 }]);
  });

  it('come with the end of a body that is read later', async () => {
    const { server, reports, client } = await measured((socket) => socket.write(reply('hello')));
    const request = { service: 'test', method: 'GET', url: server.url, signal: never };

    const body = await client.request(request, async (answer) => answer.takeBody());
    const before = reports.length;
    for await (const piece of body) expect(piece).toHaveLength(5);

    await expect.poll(() => reports).toMatchObject([{ status: 200, bytes: 5, tries: 1 }]);
    expect(before).toBe(0);
  });
});
