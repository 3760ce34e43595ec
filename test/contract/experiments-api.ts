/** What every experiments API must do. */
import { describe, expect, it } from 'vitest';
import type { ExperimentsApi } from '../../src/ports/experiments-api.ts';

const never = new AbortController().signal;

const RECORD = {
  slug: 'my-slug',
  appName: 'fenix',
  startDate: '2026-01-01',
  endDate: '2026-02-01',
  enrollmentEndDate: '2026-01-08',
  branches: [{ slug: 'control' }],
};

/** `setup` makes an API whose list holds these records. */
export function describeExperimentsApi(
  name: string,
  setup: (records: readonly unknown[]) => Promise<ExperimentsApi>,
): void {
  describe(`experiments api: ${name}`, () => {
    it('gives of each record what Contrail uses', async () => {
      const api = await setup([RECORD]);

      const list = await api.list(never);

      expect(list).toMatchObject({
        experiments: [
          {
            slug: 'my-slug',
            appName: 'fenix',
            startDate: '2026-01-01',
            endDate: '2026-02-01',
            enrollmentEndDate: '2026-01-08',
          },
        ],
        malformed: [],
      });
    });

    it('takes what is null or absent as null, and the application as desktop', async () => {
      const absent = { slug: 'absent' };
      const nulls = { slug: 'nulls', appName: null, startDate: null, endDate: null, enrollmentEndDate: null };
      const api = await setup([absent, nulls]);

      const { experiments } = await api.list(never);

      const empty = { appName: 'firefox_desktop', startDate: null, endDate: null, enrollmentEndDate: null };
      expect(experiments).toMatchObject([
        { slug: 'absent', ...empty },
        { slug: 'nulls', ...empty },
      ]);
    });

    it('gives no experiments where there are none', async () => {
      const api = await setup([]);

      const list = await api.list(never);

      expect(list).toEqual({ experiments: [], malformed: [], flawed: [] });
    });

    it.each([
      ['a text', 'my-slug', undefined],
      ['null', null, undefined],
      ['a list', [RECORD], undefined],
      ['no slug', { ...RECORD, slug: undefined }, undefined],
      ['a number as slug', { ...RECORD, slug: 7 }, undefined],
      ['an empty slug', { ...RECORD, slug: '' }, ''],
      ['a slug of 81 characters', { ...RECORD, slug: 'x'.repeat(81) }, 'x'.repeat(81)],
      ['a slug with a line break', { ...RECORD, slug: 'a\nb' }, 'a\nb'],
      ['half of a surrogate pair in its slug', { ...RECORD, slug: 'a\ud800' }, undefined],
      ['half of a surrogate pair as application', { ...RECORD, appName: '\udc00' }, 'my-slug'],
      ['a number as application', { ...RECORD, appName: 7 }, 'my-slug'],
      ['a start that is no date', { ...RECORD, startDate: 'soon' }, 'my-slug'],
      ['an end that does not exist', { ...RECORD, endDate: '2026-02-30' }, 'my-slug'],
    ])('reports a record that is or has %s, and keeps the others', async (_, record, slug) => {
      const api = await setup([{ ...RECORD, slug: 'before' }, record, { ...RECORD, slug: 'behind' }]);

      const { experiments, malformed } = await api.list(never);

      expect(experiments.map((experiment) => experiment.slug)).toEqual(['before', 'behind']);
      expect(malformed).toHaveLength(1);
      expect(malformed[0]?.slug).toBe(slug);
      expect(malformed[0]?.error).toMatchObject({ code: 'EXPERIMENT_MALFORMED' });
      expect(malformed[0]?.error.message).not.toContain('\n');
      expect(malformed[0]?.error.message.isWellFormed()).toBe(true);
    });

    it.each([
      ['an outcome', { outcomes: [{ slug: 'a\ud800' }] }],
      ['the reference branch', { referenceBranch: '\ud800' }],
    ])('reports half of a surrogate pair in %s where metadata are made of it', async (_, change) => {
      const api = await setup([
        { ...RECORD, ...change },
        { ...RECORD, slug: 'behind' },
      ]);

      const { experiments } = await api.list(never);

      expect(experiments.map(({ plan }) => JSON.stringify(plan).includes('Unicode'))).toEqual([true, false]);
    });

    it('gives the records as they come, malformed or not', async () => {
      const records = [RECORD, { slug: 7, more: [null] }];
      const api = await setup(records);

      expect(await api.fetch(never)).toEqual(records);
    });

    it.each(['list', 'fetch'] as const)('refuses to %s once that was aborted, with the reason', async (read) => {
      const api = await setup([RECORD]);

      const reading = api[read](AbortSignal.abort(new Error('stop')));

      await expect(reading).rejects.toThrow('stop');
    });
  });
}
