import { describe, expect, it } from 'vitest';
import { KeptExperimentsApi } from '../../../../src/adapters/experimenter/kept-experiments-api.ts';
import { MemoryExperimentsApi } from '../../../../src/adapters/memory/experiments-api.ts';
import type { ExperimentList } from '../../../../src/domain/experiment.ts';

class CountingApi extends MemoryExperimentsApi {
  asked = 0;
  isAway = false;
  /** What answers wait for. */
  ready: Promise<void> = Promise.resolve();

  override async list(signal: AbortSignal): Promise<ExperimentList> {
    this.asked += 1;
    await this.ready;
    if (this.isAway) throw new Error('away');
    return super.list(signal);
  }
}

function setup() {
  const api = new CountingApi([{ slug: 'a' }]);
  const time = { now: 0 };
  const kept = new KeptExperimentsApi({ api, keepMs: 1_000, clock: { monotonic: () => time.now } });
  const never = new AbortController().signal;
  return { api, time, list: (signal = never) => kept.list(signal) };
}

describe('a kept list of experiments', () => {
  it('is asked for once by many at the same time, and again when it is old', async () => {
    const { api, time, list } = setup();

    await Promise.all([list(), list(), list()]);
    time.now = 999;
    await list();
    const young = api.asked;
    time.now = 1_000;
    await list();

    expect([young, api.asked]).toEqual([1, 2]);
  });

  it('is not kept where it could not be had', async () => {
    const { api, list } = setup();
    api.isAway = true;
    await expect(list()).rejects.toThrow('away');

    api.isAway = false;
    const { experiments } = await list();

    expect(experiments.map(({ slug }) => slug)).toEqual(['a']);
  });

  it('is still had by the others when one gives up', async () => {
    const { api, list } = setup();
    let answer = (): void => undefined;
    api.ready = new Promise((resolve) => (answer = resolve));
    const giving = new AbortController();
    const lost = list(giving.signal);
    const other = list();

    giving.abort(new Error('enough'));

    await expect(lost).rejects.toThrow('enough');
    answer();
    expect((await other).experiments).toHaveLength(1);
  });
});
