import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canBeSameObject } from '../../../../src/domain/query-export/object-overlap.ts';
import { fillTemplate } from '../../../../src/domain/query-export/object-template.ts';

describe('two templates of objects', () => {
  it.each([
    ['a/x.json', 'a/x.json', true],
    ['a/x.json', 'a/y.json', false],
    ['a/x.json', 'a/x.jsonl', false],
    ['a/{date}.json', 'a/2026-01-13.json', true],
    ['a/{date}.json', 'a/2026-1-13.json', false],
    ['a/{date}.json', 'a/latest.json', false],
    ['a/{date}.json', 'a/{slug}.json', true],
    ['a/{slug}.json', 'a/{slug}_x.json', true],
    ['a/{slug}_x.json', 'a/{slug}_y.json', false],
    ['a/{slug}_x.json', 'a/{slug}_x_by_branch.json', false],
    ['a/{slug}/x.json', 'a/{slug}.json', false],
    ['a/{slug}.json', 'b/{slug}.json', false],
    ['a/{normalised}.json', 'a/my-slug.json', false],
    ['a/{slug}.json', 'a/my-slug.json', true],
    ['a/{slug}.json', 'a/.json', false],
    ['a/{slug}{slug}.json', 'a/x.json', false],
    ['a/x_{slug}.json', 'a/{slug}_x.json', true],
  ])('can be the same object: %s and %s', (one, other, is) => {
    expect(canBeSameObject(one, other)).toBe(is);
    expect(canBeSameObject(other, one)).toBe(is);
  });

  it('are told apart only if no slugs and days give them one name', () => {
    const piece = fc.constantFrom('{slug}', '{normalised}', '{date}', 'a', '_', '-', '1', '/');
    const template = fc.array(piece, { maxLength: 5 }).map((pieces) => `m/${pieces.join('')}`);
    const slug = fc.string({ unit: fc.constantFrom('a', '_', '-', '1'), minLength: 1, maxLength: 4 });
    const date = fc.constantFrom('2026-01-13', '1111-11-11');
    const values = fc.record({ slug, date });
    fc.assert(
      fc.property(template, template, values, values, (one, other, first, second) => {
        const isSame = fillTemplate(one, first) === fillTemplate(other, second);

        expect(!isSame || canBeSameObject(one, other)).toBe(true);
        expect(canBeSameObject(one, one)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});
