/** Which experiment a file belongs to: two slugs can share a file name (spec: statistics, section 1). */
import { normaliseSlug } from './slug.ts';

/** `api`: the slug is the experiment's own. `tables`: it was read off a table's name, or may have been. */
export const KNOWN_BY = ['api', 'tables'] as const;
export type KnownBy = (typeof KNOWN_BY)[number];

export interface Claim {
  readonly experiment: string;
  readonly knownBy: KnownBy;
}

/** The claim of a slug that a person typed: one in normal form may be the name of a table. */
export function claimOfTyped(slug: string): Claim {
  return { experiment: slug, knownBy: isNormalForm(slug) ? 'tables' : 'api' };
}

/** The slug to record as the file's owner. A normal form read off a table's name owns nothing: the real slug may be another. */
export function ownerOf({ experiment, knownBy }: Claim): string | undefined {
  return knownBy === 'tables' && isNormalForm(experiment) ? undefined : experiment;
}

function isNormalForm(slug: string): boolean {
  return normaliseSlug(slug) === slug;
}
