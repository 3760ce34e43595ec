/** The keys that a published object carries (spec: statistics, section 5), and what they tell of its version. */
import { compareVersions, type SourceVersion, type VersionOrder } from './source-version.ts';

export const METADATA = {
  source: 'contrail-source',
  sourceVersion: 'contrail-source-version',
  rows: 'contrail-rows',
  rejected: 'contrail-rejected',
  dropped: 'contrail-dropped',
  duplicates: 'contrail-duplicates',
  /** Windows of the file: `1-6`, `1,2,4`. */
  windows: 'contrail-windows',
  /** Bases that segment `all` has rows for: `enrollments,exposures`. */
  bases: 'contrail-bases',
  /** Whether the experiment had a primary outcome when the file was made; of `overall`. */
  primary: 'contrail-primary',
  job: 'contrail-job',
  version: 'contrail-version',
  /** Slug of the experiment, so that two slugs with one normal form do not overwrite each other. Ours. */
  experiment: 'contrail-experiment',
  /** Of metadata: when the analysis began, as the file says, so that planning need not read the file. Ours. */
  analysisStart: 'contrail-analysis-start',
  /** Of metadata: the content of the experiment's results for which that start was told, where tables have no times. */
  analysisContent: 'contrail-analysis-content',
  /** SHA-256 of the bytes in hex, by which unchanged bytes are known without reading them. Ours. */
  sha256: 'contrail-sha256',
} as const;

/**
 * Whether the source has changed since an object was published: the one answer of planning and publishing. Undefined
 * where there is no object, or none of ours.
 */
export function publishedVersionOrder(
  metadata: Readonly<Record<string, string>> | undefined,
  source: SourceVersion,
): VersionOrder | undefined {
  const published = metadata?.[METADATA.sourceVersion];
  return published === undefined ? undefined : compareVersions(published, source);
}
