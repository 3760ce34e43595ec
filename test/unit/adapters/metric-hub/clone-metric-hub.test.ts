import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { addRemote } from 'isomorphic-git';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../../src/adapters/system/clock.ts';
import { DEFAULT_LIMITS } from '../../../../src/adapters/metric-hub/limits.ts';
import { fetchedMetricHub } from '../../../../src/adapters/metric-hub/open-metric-hub.ts';
import { WebAddress } from '../../../../src/domain/secret.ts';
import { temporaryFolder } from '../../../support/duckdb.ts';
import { commitAll } from '../../../support/git-history.ts';
import { serveGit } from '../../../support/git-server.ts';
import { httpClient } from '../../../support/http-client.ts';

const never = new AbortController().signal;
const ONE = 'jetstream/outcomes/fenix/one.toml';

async function setup() {
  const path = temporaryFolder();
  await commitAll(path, [{ files: { [ONE]: 'a = 1' }, at: 1_000 }]);
  const trouble: { status?: number; isSilent?: boolean; location?: string; page?: string } = {};
  const asked: { url: string | undefined; authorization: string | undefined }[] = [];
  const server = await serveGit(path, (response, request) => {
    asked.push({ url: request.url, authorization: request.headers.authorization });
    if (trouble.isSilent === true) return true;
    if (trouble.status === undefined) return false;
    const { location } = trouble;
    response.writeHead(trouble.status, location === undefined ? {} : { location }).end(trouble.page ?? '<html>');
    return true;
  });
  onTestFinished(() => server.stop());
  const cloneFolder = temporaryFolder();
  const open = (timeoutMs = 20_000, { address = server.url, limits = DEFAULT_LIMITS } = {}) =>
    fetchedMetricHub(new WebAddress(address), {
      cloneFolder,
      refreshMs: 0,
      timeoutMs,
      limits,
      http: httpClient(),
      clock: systemClock,
    });
  return { path, server, trouble, cloneFolder, open, asked };
}

describe('a repository over HTTP', () => {
  it('is fetched again when it has changed', async () => {
    const { path, open } = await setup();
    const hub = open();
    const before = await hub.current(never);
    const [id] = await commitAll(path, [{ files: { [ONE]: 'a = 2' }, at: 2_000 }]);

    const after = await hub.current(never);

    expect(after.newest.id).toBe(id);
    expect(await after.since(0, never)).toHaveLength(2);
    expect(before.newest.id).not.toBe(id);
    expect(await before.newest.files(never)).toHaveLength(1);
  });

  it('serves from its clone after a restart while it is down, with a warning', async () => {
    const { server, open } = await setup();
    const before = await open().current(never);
    await server.stop();

    const after = await open().current(never);

    expect(after.newest.id).toBe(before.newest.id);
    expect(after.warning).toMatch(/ECONNREFUSED.*last good revision/);
    expect(await after.newest.files(never)).toHaveLength(1);
  });

  it.each([404, 500, 200])('serves from its clone while it answers %d with a page', async (status) => {
    const { trouble, open } = await setup();
    await open().current(never);
    trouble.status = status;

    const state = await open().current(never);

    expect(state.warning).toContain('cannot be read');
  });

  it('cannot be read where it was never fetched, and leaves nothing behind', async () => {
    const { server, cloneFolder, open } = await setup();
    await server.stop();

    await expect(open().current(never)).rejects.toMatchObject({ code: 'METRIC_HUB_UNREADABLE', subject: server.url });
    expect(readdirSync(cloneFolder)).toEqual([]);
  });

  it('is given up when it does not answer', async () => {
    const { trouble, open } = await setup();
    trouble.isSilent = true;

    await expect(open(100).current(never)).rejects.toMatchObject({ code: 'METRIC_HUB_UNREADABLE' });
  });

  it('is cloned anew where the clone was damaged', async () => {
    const { cloneFolder, open } = await setup();
    await open().current(never);
    rmSync(join(cloneFolder, 'clone.git/refs'), { recursive: true });

    const state = await open().current(never);

    expect(state.warning).toBeUndefined();
  });

  it('may be used by several at once', async () => {
    const { open, cloneFolder } = await setup();

    const states = await Promise.all([open(), open(), open()].map((hub) => hub.current(never)));

    expect(new Set(states.map((state) => state.newest.id)).size).toBe(1);
    expect(states.every((state) => state.warning === undefined)).toBe(true);
    expect(readdirSync(cloneFolder)).toEqual(['clone.git']);
  });
});

/** Everything below a folder, as one text. */
function contentOf(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .map((path) => (statSync(path).isFile() ? `${path} ${readFileSync(path, 'latin1')}` : path))
    .join('\n');
}

describe('the credentials of a repository', () => {
  it.each([
    ['a user with a password', (url: string) => url.replace('//', '//me:s3cr%40t@'), 'me:s3cr@t', ''],
    ['a token alone', (url: string) => url.replace('//', '//s3cr_token@'), 's3cr_token:', ''],
    ['a query', (url: string) => `${url}?access_token=s3cr_token`, undefined, 'access_token=s3cr_token'],
  ])('are given to the server and kept nowhere: %s', async (_, make, user, query) => {
    const { server, cloneFolder, open, asked, trouble } = await setup();
    const address = make(server.url);

    const hub = open(20_000, { address });
    const state = await hub.current(never);
    trouble.status = 500;
    const stale = await open(20_000, { address }).current(never);

    const expected = user === undefined ? undefined : `Basic ${Buffer.from(user).toString('base64')}`;
    expect(asked.length).toBeGreaterThan(2);
    for (const { url, authorization } of asked) {
      expect(authorization).toBe(expected);
      expect(url).toContain(query);
    }
    expect(contentOf(cloneFolder)).not.toContain('s3cr');
    expect(contentOf(cloneFolder)).toContain(`url = ${server.url}`);
    expect(inspect([hub, state, stale], { depth: 9 })).not.toContain('s3cr');
    expect(hub.url).toBe(server.url);
  });

  it('are removed from a clone that still holds them', async () => {
    const { server, cloneFolder, open } = await setup();
    await open().current(never);
    const gitdir = join(cloneFolder, 'clone.git');
    await addRemote({ fs, gitdir, remote: 'origin', url: server.url.replace('//', '//me:s3cret@'), force: true });

    await open().current(never);

    expect(contentOf(cloneFolder)).not.toContain('s3cret');
  });

  it('are not shown where the server repeats them', async () => {
    const { server, open, trouble } = await setup();
    trouble.status = 200;
    trouble.page = '001e# GET /x?token=s3cr_token\n';

    const error: unknown = await open(20_000, { address: `${server.url}?token=s3cr_token` })
      .current(never)
      .catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ message: expect.stringContaining('it repeats a password') });
    expect(inspect(error, { depth: 9 })).not.toContain('s3cr');
  });
});

describe('a repository that is too much', () => {
  it('may not redirect to another host', async () => {
    const { open, trouble } = await setup();
    const elsewhere = await setup();
    Object.assign(trouble, { status: 302, location: `${elsewhere.server.url}/info/refs` });

    await expect(open().current(never)).rejects.toThrow('it redirects to another host, 127.0.0.1:');
    expect(elsewhere.asked).toEqual([]);
  });

  it.each([
    ['its pack', { pack: { bytes: 300, setting: 'PACK' } }, /larger than 300 bytes, the limit of PACK/],
    ['a file in it', { file: { bytes: 3_000, setting: 'FILE' } }, /larger than 3000 bytes, the limit of FILE/],
    ['all of it, unpacked', { pack: { bytes: 1_500, setting: 'PACK' } }, /unpacked repository is larger than .* PACK/],
  ])('is refused for %s, and leaves nothing behind', async (_, limits, reason) => {
    const { path, cloneFolder, open } = await setup();
    // Of some sixty bytes in the pack.
    await commitAll(path, [{ files: { [ONE]: 'x'.repeat(40_000) }, at: 2_000 }]);

    const hub = open(20_000, { limits: { ...DEFAULT_LIMITS, ...limits } });

    await expect(hub.current(never)).rejects.toThrow(reason);
    expect(readdirSync(cloneFolder)).toEqual([]);
  });
});
