/** The error for a table that changed during its export. */
import { ContrailError } from '../../domain/errors.ts';

export function sourceChanged(source: string): ContrailError {
  return new ContrailError('SOURCE_CHANGED', `${source} has changed between two readings; nothing was published.`, {
    subject: source,
  });
}
