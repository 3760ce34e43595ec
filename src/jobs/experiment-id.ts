/** The part of a job's id that tells whose file it is about. */
import { normaliseSlug, slugHash } from '../domain/slug.ts';

/** The normalised slug; slugs that share a normal form (but for `-`) are told apart by a hash. */
export function slugForId(experiment: string): string {
  const normalised = normaliseSlug(experiment);
  const isPlain = normalised === experiment.replaceAll('-', '_');
  return isPlain ? normalised : `${normalised}-${slugHash(experiment)}`;
}

/** `a.b`, or `a.b.nonce` for work that must never be taken for work that was done. */
export function jobIdOf(parts: readonly string[], nonce: string | undefined): string {
  return [...parts, ...(nonce === undefined ? [] : [nonce])].join('.');
}
