import { describe, expect, it } from 'vitest';
import { SharedState } from '../../../../src/adapters/metric-hub/shared-state.ts';
import type { HubRevision, HubState } from '../../../../src/ports/metric-hub.ts';

const never = new AbortController().signal;

function state(id: string): HubState {
  const newest: HubRevision = {
    id,
    committedAt: undefined,
    files: () => Promise.resolve([]),
    lastCommitOf: () => Promise.resolve(null),
  };
  return { newest, warning: undefined, since: () => Promise.resolve([newest]) };
}

function setup() {
  const world = { now: 0, looks: 0, load: () => Promise.resolve(state('a')) };
  const shared = new SharedState({
    url: 'u',
    refreshMs: 100,
    clock: { monotonic: () => world.now },
    load: () => {
      world.looks += 1;
      return world.load();
    },
  });
  return { world, shared };
}

describe('the state of a repository', () => {
  it('is looked up once for all who ask at once', async () => {
    const { world, shared } = setup();

    const states = await Promise.all([shared.current(never), shared.current(never), shared.current(never)]);

    expect(world.looks).toBe(1);
    expect(states[2]).toBe(states[0]);
  });

  it('serves for a while, then it is looked up again', async () => {
    const { world, shared } = setup();
    await shared.current(never);
    world.load = () => Promise.resolve(state('b'));

    world.now = 99;
    const held = await shared.current(never);
    world.now = 100;
    const renewed = await shared.current(never);

    expect([held.newest.id, renewed.newest.id]).toEqual(['a', 'b']);
  });

  it('that was good last serves with a warning while it cannot be looked up', async () => {
    const { world, shared } = setup();
    await shared.current(never);
    world.load = () => Promise.reject(new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') }));
    world.now = 100;

    const stale = await shared.current(never);
    world.load = () => Promise.resolve(state('b'));
    world.now = 200;
    const good = await shared.current(never);

    expect(stale.newest.id).toBe('a');
    expect(stale.warning).toMatch(/^The metric definitions at u cannot be read: connect ECONNREFUSED\. .* revision a/);
    expect(good).toMatchObject({ newest: { id: 'b' }, warning: undefined });
  });

  it('cannot be had where it never was good, and is tried again at once', async () => {
    const { world, shared } = setup();
    world.load = () => Promise.reject(new Error('no'));

    await expect(shared.current(never)).rejects.toMatchObject({ code: 'METRIC_HUB_UNREADABLE' });
    world.load = () => Promise.resolve(state('a'));

    expect((await shared.current(never)).newest.id).toBe('a');
  });

  it('goes on being looked up although one who waits gives up', async () => {
    const { shared } = setup();
    const stop = new AbortController();

    const abandoned = shared.current(stop.signal);
    const wanted = shared.current(never);
    stop.abort(new Error('stopped'));

    await expect(abandoned).rejects.toThrow('stopped');
    expect((await wanted).newest.id).toBe('a');
  });
});
