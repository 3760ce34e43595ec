import { describe, expect, it } from 'vitest';
import { slugHash } from '../../../src/domain/slug.ts';
import { METADATA_JOB, metadataJobId, MetadataPayload } from '../../../src/jobs/metadata-job.ts';

const VERSION = 'f0123456789abcdef';

describe('the id of a metadata job', () => {
  it.each([
    ['my-slug', `my_slug.${VERSION}`],
    ['My_slug', `My_slug.${VERSION}`],
    ['my.slug', `my_slug-${slugHash('my.slug')}.${VERSION}`],
  ])('of %s is its normal form and the version, and tells slugs of one form apart', (experiment, id) => {
    const made = metadataJobId({ experiment, sourceVersion: VERSION });

    expect(made).toBe(id);
    expect(made).not.toContain(':');
  });

  it('has a nonce where the export is forced', () => {
    expect(metadataJobId({ experiment: 'x', sourceVersion: VERSION }, 'n')).toBe(`x.${VERSION}.n`);
  });
});

describe('the payload of a metadata job', () => {
  const payload = { version: 1, experiment: 'x', sourceVersion: VERSION, reason: 'new', force: false };

  it.each([
    ['without an analysis start', payload],
    ['with one', { ...payload, analysisStart: '2026-08-21T04:12:09Z' }],
    [
      'with the changes of its run',
      {
        ...payload,
        analysisStart: '2026-08-21T04:12:09Z',
        analysisChanges: [{ period: 'daily', first: 1, newest: 2 }],
      },
    ],
    ['for a file without a run', { ...payload, analysisStart: null }],
  ])('may be %s', (_, value) => {
    expect(MetadataPayload.parse(value)).toEqual(value);
  });

  it('is checked', () => {
    expect(METADATA_JOB.payload.safeParse({ ...payload, version: 2 }).success).toBe(false);
    expect(METADATA_JOB.payload.safeParse({ ...payload, experiment: '' }).success).toBe(false);
  });
});

it('waits for jobs of statistics and errors alone', () => {
  const payload = { version: 1, experiment: 'a', sourceVersion: '1', reason: 'new', force: false };
  const isRead = (queue: string) => METADATA_JOB.payload.safeParse({ ...payload, after: [{ queue, id: 'x' }] }).success;

  expect(['statistics', 'errors'].map(isRead)).toEqual([true, true]);
  expect(['records', 'a:b', '', 'made-up'].map(isRead)).toEqual([false, false, false, false]);
});
