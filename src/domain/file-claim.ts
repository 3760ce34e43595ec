/** Which experiment owns a file: two slugs can share a file name (spec: statistics, section 1). */
import { normaliseSlug } from './slug.ts';

/** `api`: the experiments API lists this slug. `tables`: it was, or may have been, read from a table's name. */
export const KNOWN_BY = ['api', 'tables'] as const;
export type KnownBy = (typeof KNOWN_BY)[number];

export interface Claim {
  readonly experiment: string;
  readonly knownBy: KnownBy;
}

/** The claim of a slug that a person typed; a normalised one may be from a table's name. */
export function claimOfTyped(slug: string): Claim {
  return { experiment: slug, knownBy: isNormalForm(slug) ? 'tables' : 'api' };
}

/** The slug to record as the file's owner. A normalised slug from a table's name owns nothing, because the real slug may differ. */
export function ownerOf({ experiment, knownBy }: Claim): string | undefined {
  return knownBy === 'tables' && isNormalForm(experiment) ? undefined : experiment;
}

function isNormalForm(slug: string): boolean {
  return normaliseSlug(slug) === slug;
}
