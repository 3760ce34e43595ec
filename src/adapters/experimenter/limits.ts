/** How large a list of experiments may be. */
import { type ByteLimit, TooLargeError } from '../../domain/byte-limit.ts';

export interface ExperimentLimits {
  /** Of the whole list, decompressed; in a folder of all its files. */
  readonly bytes: ByteLimit;
  readonly records: { readonly count: number; readonly setting: string };
}

export const DEFAULT_LIMITS: ExperimentLimits = {
  bytes: { bytes: 100e6, setting: 'CONTRAIL_EXPERIMENTER_MAXIMUM_BYTES' },
  records: { count: 100_000, setting: 'CONTRAIL_EXPERIMENTER_MAXIMUM_RECORDS' },
};

/** Throws TooLargeError for a list of more records than allowed. */
export function checkRecordCount(list: unknown, { records }: ExperimentLimits): void {
  if (!Array.isArray(list) || list.length <= records.count) return;
  throw new TooLargeError(`it has more than ${records.count} records, the limit of ${records.setting}`);
}
