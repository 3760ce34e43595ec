/** Limits of what is read from outside, with the names of their settings. */
import type { Config } from '../../config/load-config.ts';
import { SETTINGS } from '../../config/settings.ts';
import type { ByteLimit } from '../../domain/byte-limit.ts';

export function byteLimit(
  config: Config,
  name:
    | 'experimenter.maximumBytes'
    | 'metricHub.maximumBytes'
    | 'metricHub.maximumFileBytes'
    | 'enrollmentCounts.maximumBytes'
    | 'enrollmentFunnel.maximumBytes',
): ByteLimit {
  return { bytes: config[name], setting: SETTINGS[name].variable };
}
