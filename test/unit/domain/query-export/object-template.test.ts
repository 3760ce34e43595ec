import { assert, constantFrom, oneof, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fillTemplate, templateParts } from '../../../../src/domain/query-export/object-template.ts';

const slug = string({ unit: 'grapheme', minLength: 1, maxLength: 80 });

describe('the template of an object', () => {
  it('has the slug as it is, its normal form, and the day', () => {
    const values = { slug: 'my-slug', date: '2026-01-13' };

    expect(fillTemplate('a/{slug}_{normalised}_{date}.json', values)).toBe('a/my-slug_my_slug_2026-01-13.json');
  });

  it('tells a placeholder that does not exist from text', () => {
    expect(templateParts('a/{slog}.json')).toEqual([{ text: 'a/' }, { unknown: 'slog' }, { text: '.json' }]);
  });

  it('never lets a slug name another folder', () => {
    assert(
      property(oneof(slug, constantFrom('..', '.', '../x', 'a/../..', 'a\\b', '%2F')), (text) => {
        const name = fillTemplate('monitoring/{slug}', { slug: text, date: '2026-01-13' });

        expect(name.split(/[/\\]/)).toHaveLength(2);
        expect(['.', '..']).not.toContain(name.slice('monitoring/'.length));
      }),
    );
  });

  it('gives two slugs two names', () => {
    assert(
      property(slug, slug, (one, other) => {
        const named = (text: string) => fillTemplate('monitoring/{slug}.json', { slug: text, date: '2026-01-13' });

        expect(named(one) === named(other)).toBe(one === other);
      }),
    );
  });
});
