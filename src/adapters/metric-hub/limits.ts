/** How large a metric-hub may be. */
import type { ByteLimit } from '../../domain/byte-limit.ts';

export interface MetricHubLimits {
  /** Of the repository as it is sent, or of all files of a folder together. */
  readonly pack: ByteLimit;
  /** Of each file. */
  readonly file: ByteLimit;
}

export const DEFAULT_LIMITS: MetricHubLimits = {
  pack: { bytes: 100e6, setting: 'CONTRAIL_METRIC_HUB_MAXIMUM_BYTES' },
  file: { bytes: 10e6, setting: 'CONTRAIL_METRIC_HUB_MAXIMUM_FILE_BYTES' },
};
