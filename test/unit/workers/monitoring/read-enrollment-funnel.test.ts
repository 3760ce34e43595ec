import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { funnelVerdict } from '../../../../src/alerts/enrollment-funnel.ts';
import { readEnrollmentFunnel } from '../../../../src/workers/monitoring/read-enrollment-funnel.ts';

const ROW = {
  app_name: 'firefox_desktop',
  branch: null,
  status: 'NotEnrolled',
  reason: 'FeatureConflict',
  conflict_slug: 'z,a',
  client_count: 100,
};

const textOf = (rows: unknown) => JSON.stringify({ v1: { a: rows } });

function slugOf(text: string) {
  const content = readEnrollmentFunnel(text);
  return content.kind === 'read' ? content.slugs.get('a') : undefined;
}

describe('readEnrollmentFunnel', () => {
  it('adds up the rows of a slug', () => {
    const other = { ...ROW, reason: 'Qualified', status: 'Enrolled', branch: 'control', client_count: 300 };

    expect(slugOf(textOf([ROW, other]))).toEqual({
      kind: 'list',
      rows: { all: 2, malformed: 0 },
      clients: 400,
      rate: 0.25,
      slugs: ['a', 'z'],
    });
  });

  it.each([
    ['no branch, reason or conflicting slug', { app_name: 'fenix', status: 'Enrolled', client_count: 0 }],
    ['an unknown key', { ...ROW, new_key: { deep: [true] } }],
    ['an unknown reason', { ...ROW, reason: 'Migration2' }],
  ])('takes a row with %s', (_, row) => {
    expect(slugOf(textOf([row]))).toMatchObject({ rows: { all: 1, malformed: 0 } });
  });

  it.each([
    ['a count as text', { ...ROW, client_count: '100' }],
    ['a boolean as count', { ...ROW, client_count: true }],
    ['a negative count', { ...ROW, client_count: -1 }],
    ['a fraction as count', { ...ROW, client_count: 1.5 }],
    ['no count', { ...ROW, client_count: undefined }],
    ['null as count', { ...ROW, client_count: null }],
    ['a count beyond whole numbers', { ...ROW, client_count: 2 ** 60 }],
    ['no application', { ...ROW, app_name: null }],
    ['no status', { ...ROW, status: undefined }],
    ['a number as reason', { ...ROW, reason: 3 }],
    ['a list as conflicting slug', { ...ROW, conflict_slug: ['a'] }],
    ['half of a surrogate pair as conflicting slug', { ...ROW, conflict_slug: 'a\ud800' }],
    ['a number as branch', { ...ROW, branch: 0 }],
    ['null', null],
    ['a text', 'row'],
    ['a list', [ROW]],
  ])('drops and counts a row that is or has %s', (_, row) => {
    expect(slugOf(textOf([ROW, row]))).toMatchObject({ rows: { all: 2, malformed: 1 }, clients: 100, rate: 1 });
  });

  it('drops a count that JSON cannot hold', () => {
    expect(slugOf(textOf([ROW]).replace('100', '1e999'))).toMatchObject({ rows: { all: 1, malformed: 1 }, clients: 0 });
  });

  it.each([
    ['an HTML page', '<html>maintenance</html>', 'it is not JSON'],
    ['half a file', textOf([ROW]).slice(0, 60), 'it is not JSON'],
    ['nothing', '', 'it is not JSON'],
    ['many brackets', '['.repeat(200_000), 'it is not JSON'],
    ['null', 'null', 'it has no object "v1"'],
    ['another version', '{"v2": {}}', 'it has no object "v1"'],
    ['a list of slugs', '{"v1": []}', 'it has no object "v1"'],
  ])('cannot use %s', (_, text, problem) => {
    expect(readEnrollmentFunnel(text)).toEqual({ kind: 'malformed', problem });
  });

  it('keeps a slug without a list from the others', () => {
    const content = readEnrollmentFunnel(JSON.stringify({ v1: { a: [ROW], b: { rows: [ROW] }, c: 'rows' } }));

    expect(content).toMatchObject({ kind: 'read' });
    const kinds = content.kind === 'read' ? [...content.slugs].map(([slug, { kind }]) => [slug, kind]) : [];
    expect(kinds).toEqual([
      ['a', 'list'],
      ['b', 'no list'],
      ['c', 'no list'],
    ]);
  });

  it('never throws on any JSON, and counts each row once', () => {
    const value = fc.oneof(fc.jsonValue(), fc.constantFrom('FeatureConflict', 100, true, -1, '7', 'a,b'));
    const oddRow = fc.oneof(
      fc.jsonValue(),
      fc.record(Object.fromEntries(Object.keys(ROW).map((key) => [key, value])), { requiredKeys: [] }),
      fc.constant(ROW),
    );
    const slugs = fc.dictionary(fc.string({ maxLength: 3 }), fc.oneof(fc.array(oddRow), fc.jsonValue()));

    fc.assert(
      fc.property(slugs, (v1) => {
        const content = readEnrollmentFunnel(JSON.stringify({ v1 }));
        expect(content.kind).toBe('read');
        if (content.kind !== 'read') return;
        for (const [slug, found] of content.slugs) {
          const rows = v1[slug];
          const length = Array.isArray(rows) ? rows.length : undefined;
          expect(found.kind === 'list' ? found.rows.all : undefined).toBe(length);
          if (found.kind === 'no list') continue;
          expect(found.rows.malformed).toBeLessThanOrEqual(found.rows.all);
          expect(found.rate).toBeGreaterThanOrEqual(0);
          expect(found.rate).toBeLessThanOrEqual(1);
          funnelVerdict({ ...content, changedAt: 0 }, slug, { now: 0 });
        }
      }),
    );
  });

  it('never throws on a file that is cut or changed anywhere', () => {
    const good = textOf([ROW, { ...ROW, reason: 'Qualified' }]);

    fc.assert(
      fc.property(
        fc.nat(good.length),
        fc.string({
          unit: fc.constantFrom('"', '{', '}', '[', ']', ',', ':', '\\', '-', '9', 'e', '\0', '\ud800'),
          maxLength: 3,
        }),
        fc.nat(3),
        (at, put, gone) => {
          const content = readEnrollmentFunnel(good.slice(0, at) + put + good.slice(at + gone));
          expect(['read', 'malformed']).toContain(content.kind);
        },
      ),
    );
  });
});
