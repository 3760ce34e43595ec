/** A setting without which nothing can be opened. */
import type { Config } from '../../config/load-config.ts';
import { ContrailError } from '../../domain/errors.ts';

export function requiredSetting<Name extends 'warehouse' | 'bucket'>(
  config: Config,
  name: Name,
): NonNullable<Config[Name]> {
  const value = config[name];
  if (value === undefined) throw new ContrailError('CONFIG_INVALID', `The setting ${name} is missing.`);
  return value;
}
