/** Options of `contrail retry`. */
import { ContrailError } from '../../domain/errors.ts';
import { parseSince } from '../../domain/since.ts';
import { DEFAULT_SINCE } from '../runs/options.ts';

export interface RetryOptions {
  readonly experiment?: readonly string[];
  readonly failed?: true;
  readonly since?: string;
  readonly dryRun?: true;
  readonly yes?: true;
  readonly json?: true;
}

export interface RetryRequest {
  /** Empty: all experiments, and tasks without one. */
  readonly slugs: readonly string[];
  /** Milliseconds since 1970. */
  readonly since: number;
}

/** USAGE without --failed, and for an empty slug, which would otherwise mean all. */
export function retryRequestOf(arguments_: readonly string[], options: RetryOptions, now: number): RetryRequest {
  const { experiment = [], failed, since = DEFAULT_SINCE } = options;
  if (!failed) {
    throw new ContrailError('USAGE', 'Say what to do again: `contrail retry --failed`.', {
      hint: 'To publish files of an experiment again, whether they failed or not, run `contrail backfill --experiment SLUG --force`.',
    });
  }
  const slugs = [...arguments_, ...experiment];
  if (slugs.some((slug) => slug.trim() === '')) {
    throw new ContrailError('USAGE', 'A slug is empty. Nothing was enqueued.', {
      hint: 'Leave it out to do again everything that failed.',
    });
  }
  return { slugs, since: parseSince(since, now) };
}
