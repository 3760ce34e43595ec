/** A table that did not stay as it was while it was exported. */
import { ContrailError } from '../../domain/errors.ts';

export function sourceChanged(source: string): ContrailError {
  return new ContrailError('SOURCE_CHANGED', `${source} has changed between two readings; nothing was published.`, {
    subject: source,
  });
}
