/** Size limits for the list of experiments. */
import { type ByteLimit, TooLargeError } from '../../domain/byte-limit.ts';

export interface ExperimentLimits {
  /** For the whole list, decompressed, or all files of a folder. */
  readonly bytes: ByteLimit;
  readonly records: { readonly count: number; readonly setting: string };
}

export const DEFAULT_LIMITS: ExperimentLimits = {
  bytes: { bytes: 100e6, setting: 'CONTRAIL_EXPERIMENTER_MAXIMUM_BYTES' },
  records: { count: 100_000, setting: 'CONTRAIL_EXPERIMENTER_MAXIMUM_RECORDS' },
};

/** Throws TooLargeError if the list has too many records. */
export function checkRecordCount(list: unknown, { records }: ExperimentLimits): void {
  if (!Array.isArray(list) || list.length <= records.count) return;
  throw new TooLargeError(`it has more than ${records.count} records, the limit of ${records.setting}`);
}
