/** Enqueues faulty files to be published anew, even though their version is current. */
import { enqueueFiles, type EnqueueDependencies, type EnqueueReport } from '../../producer/enqueue-files.ts';
import type { VerifiedFile } from './check-file.ts';
import { isRepairable } from './faults.ts';

/** Files with a fault that publishing does not mend, such as another owner, are left alone. */
export function repairFiles(
  deps: EnqueueDependencies,
  files: readonly VerifiedFile[],
  signal: AbortSignal,
): Promise<EnqueueReport> {
  return enqueueFiles(deps, files.flatMap(repairOf), { retryFailed: true }, signal);
}

function repairOf({ state, faults, published: { source } }: VerifiedFile) {
  return state === 'faulty' && source !== undefined && faults.every(isRepairable) ? [source.due] : [];
}
