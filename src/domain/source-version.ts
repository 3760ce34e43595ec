/**
 * The version of a source, as an object's metadata carries it: the time of the last change in ISO form with
 * milliseconds, or `f` and 16 hex digits of a fingerprint where the warehouse keeps no times (design, section 5).
 */
export type SourceVersion = string;

const ISO_TIME = /^\d{4}-\d{2}-\d{2}T/;
const FINGERPRINT = /^f[0-9a-f]{16}$/;

/** The version of a source that was last changed at that time (milliseconds since 1970). */
export function versionOfTime(epochMs: number): SourceVersion {
  return new Date(epochMs).toISOString();
}

/** The version of a source whose content has that fingerprint (unsigned, 64 bits). */
export function versionOfFingerprint(fingerprint: bigint): SourceVersion {
  return `f${BigInt.asUintN(64, fingerprint).toString(16).padStart(16, '0')}`;
}

/** A version as part of a job's id: epoch milliseconds, or the fingerprint as it stands. */
export function versionForId(version: SourceVersion): string {
  return FINGERPRINT.test(version) ? version : String(Date.parse(version));
}

/** How a published version stands to the source's now. `other`: they differ, and have no order because one is no time. */
export type VersionOrder = 'same' | 'newer' | 'older' | 'other';

/** The one answer to "has the source changed since?": only `same` and `newer` need nothing to be published. */
export function compareVersions(published: SourceVersion, source: SourceVersion): VersionOrder {
  if (published === source) return 'same';
  const [publishedAt, sourceAt] = [Date.parse(published), Date.parse(source)];
  const isUnordered = FINGERPRINT.test(published) || FINGERPRINT.test(source);
  if (isUnordered || Number.isNaN(publishedAt) || Number.isNaN(sourceAt)) return 'other';
  return publishedAt > sourceAt ? 'newer' : 'older';
}

/** The time that a version is, milliseconds since 1970; undefined for a fingerprint. */
export function timeOfVersion(version: SourceVersion): number | undefined {
  return ISO_TIME.test(version) ? Date.parse(version) : undefined;
}
