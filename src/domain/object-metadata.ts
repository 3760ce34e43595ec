/** Metadata keys of published objects (spec: statistics, section 5), and how versions compare. */
import { compareVersions, type SourceVersion, type VersionOrder } from './source-version.ts';

export const METADATA = {
  source: 'contrail-source',
  sourceVersion: 'contrail-source-version',
  rows: 'contrail-rows',
  rejected: 'contrail-rejected',
  dropped: 'contrail-dropped',
  duplicates: 'contrail-duplicates',
  /** Windows in the file: `1-6`, `1,2,4`. */
  windows: 'contrail-windows',
  /** Since when the source has lacked tables, and its version then: `2026-06-29T21:30:00.000Z gone`. Not in the spec. */
  held: 'contrail-held',
  /** Analysis bases with rows in segment `all`: `enrollments,exposures`. */
  bases: 'contrail-bases',
  /** Only of `overall`: whether the experiment had a primary outcome when the file was made. */
  primary: 'contrail-primary',
  job: 'contrail-job',
  version: 'contrail-version',
  /** Slug of the experiment, so that slugs with the same normal form do not overwrite each other. Not in the spec. */
  experiment: 'contrail-experiment',
  /** Only of metadata: the analysis start in the file, so that planning need not read the file. Not in the spec. */
  analysisStart: 'contrail-analysis-start',
  /** Only of metadata in warehouses without times: the content of the results that the start belongs to. */
  analysisContent: 'contrail-analysis-content',
  /** Only of configured queries: hash of the definition. */
  config: 'contrail-config',
  /** Only of configured queries: since when the query has had no rows for the file, which stays. Not in the spec. */
  kept: 'contrail-kept',
  /** SHA-256 of the bytes in hex, to compare them without reading the object. Not in the spec. */
  sha256: 'contrail-sha256',
} as const;

/** Whether the source has changed since an object was published, for planning and publishing alike. Undefined: no object, or one of another program. */
export function publishedVersionOrder(
  metadata: Readonly<Record<string, string>> | undefined,
  source: SourceVersion,
): VersionOrder | undefined {
  const published = metadata?.[METADATA.sourceVersion];
  return published === undefined ? undefined : compareVersions(published, source);
}
