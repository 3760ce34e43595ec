import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ANALYSIS_PERIODS } from '../../../src/domain/analysis-period.ts';
import { JOB_KINDS } from '../../../src/jobs/job-kinds.ts';
import { STATISTICS_JOB, statisticsJobId, StatisticsPayload } from '../../../src/jobs/statistics-job.ts';

const VERSION = '2026-01-15T00:00:00.000Z';
const target = (experiment: string) => ({ experiment, period: 'weekly', sourceVersion: VERSION }) as const;
const PAYLOAD: StatisticsPayload = {
  version: 1,
  experiment: 'my-slug',
  period: 'weekly',
  knownBy: 'api',
  sourceVersion: VERSION,
  seen: { generation: '1', metadata: { a: 'b' } },
  reason: 'new',
  force: false,
};

describe('the id of a statistics job', () => {
  it('is slug, period and version', () => {
    expect(statisticsJobId(target('my-slug'))).toBe(`my_slug.weekly.${Date.parse(VERSION)}`);
    expect(statisticsJobId({ ...target('my-slug'), sourceVersion: 'f00000000000000ff' })).toBe(
      'my_slug.weekly.f00000000000000ff',
    );
  });

  it('tells slugs apart that share a normal form, but for -', () => {
    const ids = ['a-b', 'a.b', 'a b', 'a/b'].map((slug) => statisticsJobId(target(slug)));

    expect(new Set(ids).size).toBe(4);
    expect(ids[1]).toMatch(/^a_b-[0-9a-f]{8}\.weekly\.\d+$/);
    expect(statisticsJobId(target('a_b'))).toBe(ids[0]);
  });

  it('has a nonce where it is forced', () => {
    expect(statisticsJobId(target('a'), 'nonce')).toBe(`${statisticsJobId(target('a'))}.nonce`);
  });

  it('can be an id of the queue, whatever the slug: no colon, not all digits', () => {
    const slug = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 80 });

    fc.assert(
      fc.property(slug, fc.constantFrom(...ANALYSIS_PERIODS), (experiment, period) => {
        const id = statisticsJobId({ experiment, period, sourceVersion: VERSION });
        expect(id).toMatch(/^[A-Za-z0-9_.-]+$/);
        expect(id).not.toMatch(/^\d*$/);
      }),
    );
  });

  it('is another for another slug, period or version', () => {
    const anyTarget = fc.record({
      experiment: fc.stringMatching(/^[a-z0-9._-]{1,8}$/),
      period: fc.constantFrom(...ANALYSIS_PERIODS),
      sourceVersion: fc.constantFrom(VERSION, 'f00000000000000ff'),
    });
    const sameFile = (slug: string) => slug.replaceAll('-', '_');

    fc.assert(
      fc.property(anyTarget, anyTarget, (a, b) => {
        const isSame =
          sameFile(a.experiment) === sameFile(b.experiment) &&
          a.period === b.period &&
          a.sourceVersion === b.sourceVersion;
        expect(statisticsJobId(a) === statisticsJobId(b)).toBe(isSame);
      }),
    );
  });
});

describe('the payload of a statistics job', () => {
  it('is taken as the producer makes it', () => {
    expect(StatisticsPayload.parse(PAYLOAD)).toEqual(PAYLOAD);
  });

  it.each([
    { version: 2 },
    { experiment: '' },
    { period: 'hourly' },
    { knownBy: 'nobody' },
    { seen: {} },
    { seen: { generation: 1, metadata: {} } },
    { reason: undefined },
    { force: 'yes' },
  ])('is refused with %j', (change) => {
    expect(StatisticsPayload.safeParse({ ...PAYLOAD, ...change }).success).toBe(false);
  });
});

it('every kind of job has a queue of its own', () => {
  const queues = JOB_KINDS.map((kind) => kind.queue);

  expect(queues).toContain(STATISTICS_JOB.queue);
  expect(new Set(queues).size).toBe(queues.length);
});
