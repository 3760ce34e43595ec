import { describe, expect, it } from 'vitest';
import { MemoryObjectStore } from '../../../../src/adapters/memory/object-store.ts';
import { MemoryRecordSink } from '../../../../src/adapters/memory/record-sink.ts';
import { systemClock } from '../../../../src/adapters/system/clock.ts';
import { ContrailError } from '../../../../src/domain/errors.ts';
import { KeptEnrollmentFunnel } from '../../../../src/workers/monitoring/enrollment-funnel-object.ts';
import { ENROLLMENT_FUNNEL_OBJECT } from '../../../../src/workers/monitoring/read-enrollment-funnel.ts';
import { NOW } from '../../../support/alert-world.ts';
import { publishText } from '../../../support/publish-text.ts';
import { recordedLog } from '../../../support/recorded-log.ts';

const never = new AbortController().signal;
const ROW = { app_name: 'fenix', status: 'Enrolled', reason: 'FeatureConflict', client_count: 100 };
const LIMIT = { bytes: 2000, setting: 'FUNNEL' };

/** A store that counts reads, and whose objects may look smaller than they are, as compressed ones do. */
class CountingStore extends MemoryObjectStore {
  reads = 0;
  shownBytes: number | undefined;
  isAway = false;

  override async head(...request: Parameters<MemoryObjectStore['head']>) {
    const object = await super.head(...request);
    return object === undefined ? undefined : { ...object, bytes: this.shownBytes ?? object.bytes };
  }

  override async read(...request: Parameters<MemoryObjectStore['read']>) {
    this.reads += 1;
    if (this.isAway) throw new ContrailError('SERVICE_UNAVAILABLE', 'It is not there.');
    return super.read(...request);
  }
}

function setup() {
  const time = { now: NOW };
  const clock = { ...systemClock, now: () => time.now };
  const store = new CountingStore({ clock });
  const sink = new MemoryRecordSink();
  const source = { store, limit: LIMIT, records: { sink, clock, log: recordedLog() } };
  return {
    time,
    store,
    source,
    funnel: new KeptEnrollmentFunnel(source),
    put: (content: unknown) => publishText(store, ENROLLMENT_FUNNEL_OBJECT, textOf(content)),
    warnings: () => sink.rows('logs').map(({ log_level, source: by, message }) => ({ log_level, by, message })),
  };
}

function textOf(content: unknown): string {
  return typeof content === 'string' ? content : JSON.stringify(content);
}

describe('the enrollment funnel', () => {
  it('is absent where there is no object, and read once there is one', async () => {
    const { funnel, put } = setup();

    expect(await funnel.read(never)).toEqual({ kind: 'absent' });
    await put({ v1: {} });
    expect(await funnel.read(never)).toEqual({ kind: 'read', slugs: new Map(), changedAt: NOW });
  });

  it('is read again only when it has changed', async () => {
    const { funnel, put, store, time } = setup();
    await put({ v1: { a: [] } });
    await funnel.read(never);
    time.now += 3_600_000;
    const kept = await funnel.read(never);
    const readsBefore = store.reads;
    await put({ v1: { b: [] } });

    const changed = await funnel.read(never);

    expect([readsBefore, store.reads]).toEqual([1, 2]);
    expect(kept).toMatchObject({ changedAt: NOW });
    expect(changed).toMatchObject({ changedAt: NOW + 3_600_000 });
    expect(changed.kind === 'read' && [...changed.slugs.keys()]).toEqual(['b']);
  });

  it.each([
    ['an HTML page', '<html>', 'it is not JSON'],
    ['half a file', '{"v1": {"a": [', 'it is not JSON'],
    ['a file of another form', '{"v2": {}}', 'it has no object "v1"'],
    ['a file that is too large', 'x'.repeat(2001), 'it is larger than 2000 bytes, the limit of FUNNEL'],
  ])('that is %s is malformed, with one WARNING row', async (_, content, problem) => {
    const { funnel, put, warnings } = setup();
    await put(content);

    const first = await funnel.read(never);
    await funnel.read(never);

    expect(first).toEqual({ kind: 'malformed', problem, changedAt: NOW });
    expect(warnings()).toEqual([
      { log_level: 'WARNING', by: 'contrail', message: `The enrollment funnel cannot be used: ${problem}.` },
    ]);
  });

  it('that is too large is not read at all', async () => {
    const { funnel, put, store } = setup();
    await put({ v1: {} });
    store.shownBytes = 200_000_000;

    expect(await funnel.read(never)).toMatchObject({ kind: 'malformed' });
    expect(store.reads).toBe(0);
  });

  it('that only decompressed is too large is not read to its end', async () => {
    const { funnel, put, store } = setup();
    await put('x'.repeat(2001));
    store.shownBytes = 10;

    expect(await funnel.read(never)).toMatchObject({ problem: expect.stringContaining('larger than 2000 bytes') });
    expect(store.reads).toBe(1);
  });

  it('makes one WARNING row of all its malformed rows, whoever reads it', async () => {
    const { funnel, put, source, warnings } = setup();
    const many = Array.from({ length: 10 }, () => ({ ...ROW, branch: null }));
    await put({ v1: { a: [...many.slice(1), { ...ROW, client_count: '1' }], b: [ROW, 7], c: 'none', d: [ROW] } });

    await funnel.read(never);
    await new KeptEnrollmentFunnel(source).read(never);

    expect(warnings().map(({ message }) => message)).toEqual([
      'The enrollment funnel has malformed rows, which were left out: 2 of 13. By experiment: a (1 of 10), b (1 of 2), c (no list of rows). No data for b, c.',
    ]);
  });

  it('that is healthy makes no row', async () => {
    const { funnel, put, warnings } = setup();
    await put({ v1: { a: [ROW] } });

    await funnel.read(never);

    expect(warnings()).toEqual([]);
  });

  it('that cannot be read now is read at the next check', async () => {
    const { funnel, put, store } = setup();
    await put({ v1: {} });
    store.isAway = true;
    await expect(funnel.read(never)).rejects.toThrow('It is not there');
    store.isAway = false;

    expect(await funnel.read(never)).toMatchObject({ kind: 'read' });
  });
});
