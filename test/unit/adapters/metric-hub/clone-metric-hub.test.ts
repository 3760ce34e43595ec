import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fetchedMetricHub } from '../../../../src/adapters/metric-hub/open-metric-hub.ts';
import { temporaryFolder } from '../../../support/duckdb.ts';
import { commitAll } from '../../../support/git-history.ts';
import { serveGit } from '../../../support/git-server.ts';

const never = new AbortController().signal;
const ONE = 'jetstream/outcomes/fenix/one.toml';

async function setup() {
  const path = temporaryFolder();
  await commitAll(path, [{ files: { [ONE]: 'a = 1' }, at: 1_000 }]);
  const trouble: { status?: number; isSilent?: boolean } = {};
  const server = await serveGit(path, (response) => {
    if (trouble.isSilent === true) return true;
    if (trouble.status === undefined) return false;
    response.writeHead(trouble.status).end('<html>');
    return true;
  });
  onTestFinished(() => server.stop());
  const cloneFolder = temporaryFolder();
  const open = (timeoutMs = 20_000) =>
    fetchedMetricHub(server.url, { cloneFolder, refreshMs: 0, timeoutMs, clock: { now: () => 0 } });
  return { path, server, trouble, cloneFolder, open };
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
