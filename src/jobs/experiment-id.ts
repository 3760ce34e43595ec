/** The part of a job's id that names the experiment. */
import { normaliseSlug, slugHash } from '../domain/slug.ts';

/** The normalised slug, with a hash if its normal form differs in more than `-`. */
export function slugForId(experiment: string): string {
  const normalised = normaliseSlug(experiment);
  const isPlain = normalised === experiment.replaceAll('-', '_');
  return isPlain ? normalised : `${normalised}-${slugHash(experiment)}`;
}

/** `a.b`, or `a.b.nonce` for a forced export, so that its id is always new. */
export function jobIdOf(parts: readonly string[], nonce: string | undefined): string {
  return [...parts, ...(nonce === undefined ? [] : [nonce])].join('.');
}
