/**
 * The version of a source as an object's metadata carries it: the time of its last change as ISO text with milliseconds
 * or, in a warehouse without times, `f` and 16 hex digits of a fingerprint.
 */
export type SourceVersion = string;

const ISO_TIME = /^\d{4}-\d{2}-\d{2}T/;
const FINGERPRINT = /^f[0-9a-f]{16}$/;

/** From a time in milliseconds since 1970. */
export function versionOfTime(epochMs: number): SourceVersion {
  return new Date(epochMs).toISOString();
}

/** From a fingerprint (unsigned, 64 bits). */
export function versionOfFingerprint(fingerprint: bigint): SourceVersion {
  return `f${BigInt.asUintN(64, fingerprint).toString(16).padStart(16, '0')}`;
}

/** A version as part of a job's id: epoch milliseconds, or the fingerprint unchanged. */
export function versionForId(version: SourceVersion): string {
  return FINGERPRINT.test(version) ? version : String(Date.parse(version));
}

/** How a published version compares to the source's. `other`: different, and not comparable because one is not a time. */
export type VersionOrder = 'same' | 'newer' | 'older' | 'other';

/** Whether the source has changed: only `same` and `newer` need no export. */
export function compareVersions(published: SourceVersion, source: SourceVersion): VersionOrder {
  if (published === source) return 'same';
  const [publishedAt, sourceAt] = [Date.parse(published), Date.parse(source)];
  const isUnordered = FINGERPRINT.test(published) || FINGERPRINT.test(source);
  if (isUnordered || Number.isNaN(publishedAt) || Number.isNaN(sourceAt)) return 'other';
  return publishedAt > sourceAt ? 'newer' : 'older';
}

/** The time of a version, milliseconds since 1970; undefined for a fingerprint. */
export function timeOfVersion(version: SourceVersion): number | undefined {
  return ISO_TIME.test(version) ? Date.parse(version) : undefined;
}
