/** The name of an experiment's metadata object (spec: metadata, section 1). */
import { normaliseSlug } from './slug.ts';

/** `my-slug` → `metadata/metadata_my_slug.json`. */
export function metadataObjectName(slug: string): string {
  return `metadata/metadata_${normaliseSlug(slug)}.json`;
}
