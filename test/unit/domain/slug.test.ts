import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkSlug, isFoundByConsole, normaliseSlug, quote, slugHash } from '../../../src/domain/slug.ts';

describe('a slug', () => {
  it.each([
    'a',
    'my-slug',
    'UPPER_case-9',
    'punctuation.in a slug',
    'é😀',
    'x'.repeat(80),
    '😀'.repeat(80),
    '-',
    '..',
    '/',
  ])('%j may be used', (slug) => {
    expect(checkSlug(slug)).toBe(slug);
  });

  it.each([
    ['', 'is empty'],
    ['x'.repeat(81), 'has 81 characters'],
    ['😀'.repeat(81), 'has 81 characters'],
    ['a\nb', 'holds control characters'],
    ['a\0', 'holds control characters'],
    ['\u007f', 'holds control characters'],
    ['\u0085', 'holds control characters'],
    ['a\u2028', 'holds control characters'],
    ['\ud800', 'is not valid Unicode'],
  ])('%j is refused: it %s', (slug, problem) => {
    expect(() => checkSlug(slug)).toThrow(expect.objectContaining({ code: 'SLUG_INVALID' }));
    expect(() => checkSlug(slug)).toThrow(problem);
  });

  it('that is refused shows in the message without what steers a terminal', () => {
    // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
    expect(() => checkSlug('\u001b[2J\u009b')).toThrow(/^[^\u0000-\u001f\u007f-\u009f]*$/);
  });
});

describe('the normal form of a slug', () => {
  it.each([
    ['my-slug', 'my_slug'],
    ['My_Slug-9', 'My_Slug_9'],
    ['a.b c/d', 'a_b_c_d'],
    ['é😀', '__'],
    ['', ''],
  ])('of %j is %j', (slug, normal) => {
    expect(normaliseSlug(slug)).toBe(normal);
  });

  it('has only letters, digits and _, as many characters as the slug, and is its own normal form', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-composite' }), (slug) => {
        const normal = normaliseSlug(slug);
        expect(normal).toMatch(/^[A-Za-z0-9_]*$/);
        expect(normal).toHaveLength(Array.from(slug).length);
        expect(normaliseSlug(normal)).toBe(normal);
      }),
    );
  });

  it('is what the console looks for, where a slug has letters, digits, - and _ only', () => {
    const asConsole = (slug: string) => slug.replaceAll('-', '_');

    fc.assert(
      fc.property(fc.string({ maxLength: 20 }), (slug) => {
        expect(isFoundByConsole(slug)).toBe(normaliseSlug(slug) === asConsole(slug));
      }),
    );
  });
});

describe('the hash of a slug', () => {
  it('is 8 hex digits, the same for the same slug, another for another', () => {
    expect(slugHash('a.b')).toMatch(/^[0-9a-f]{8}$/);
    expect(slugHash('a.b')).toBe(slugHash('a.b'));
    expect(slugHash('a.b')).not.toBe(slugHash('a b'));
  });
});

describe('a quoted text', () => {
  it('is cut, and holds nothing that a terminal or a log line would act upon', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const quoted = quote(text);
        // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
        expect(quoted).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/);
        expect(quoted.isWellFormed()).toBe(true);
        expect(JSON.parse(quoted)).toBe(text.length <= 100 ? text : `${text.slice(0, 100)}…`);
      }),
    );
    expect(quote('x'.repeat(1000))).toHaveLength(103);
  });
});
