/** Size limits for metric-hub. */
import type { ByteLimit } from '../../domain/byte-limit.ts';

export interface MetricHubLimits {
  /** For the repository as it is sent, or all files of a folder. */
  readonly pack: ByteLimit;
  /** Of each file. */
  readonly file: ByteLimit;
}

export const DEFAULT_LIMITS: MetricHubLimits = {
  pack: { bytes: 100e6, setting: 'CONTRAIL_METRIC_HUB_MAXIMUM_BYTES' },
  file: { bytes: 10e6, setting: 'CONTRAIL_METRIC_HUB_MAXIMUM_FILE_BYTES' },
};
