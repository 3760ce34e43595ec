/** The inputs of the enrollment rules: experiments, counts and funnel, each on its own. */
import type { EnrollmentCounts } from '../../alerts/enrollment-checks.ts';
import { type EnrollmentFunnel, funnelProblem } from '../../alerts/enrollment-funnel.ts';
import type { AlertInputs, Reading } from '../../alerts/inputs.ts';
import type { ByteLimit } from '../../domain/byte-limit.ts';
import type { ExperimentsApi } from '../../ports/experiments-api.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { fetchEnrollmentCounts } from './enrollment-counts-object.ts';
import { mapped, reading, withUnread } from './readings.ts';
import { watchedExperiments } from './watched-experiments.ts';

export interface EnrollmentSourceDependencies {
  readonly experimentRecords: Pick<ExperimentsApi, 'url' | 'fetch'>;
  readonly store: ObjectStore;
  /** Limit for the object of enrollment counts. */
  readonly countsLimit: ByteLimit;
  /** The enrollment funnel, kept between checks. */
  readonly funnel: (signal: AbortSignal) => Promise<EnrollmentFunnel>;
}

export type EnrollmentInputs = Pick<AlertInputs['sources'], 'experiments' | 'enrollmentCounts' | 'enrollmentFunnel'> & {
  /** Experiments whose record cannot be read. */
  readonly unread: ReadonlySet<string>;
};

/** Throws only on abort. `now` in milliseconds since 1970. */
export async function readEnrollmentInputs(
  deps: EnrollmentSourceDependencies,
  now: number,
  signal: AbortSignal,
): Promise<EnrollmentInputs> {
  const list = await reading(signal, now, () => watchedExperiments(deps.experimentRecords, now, signal));
  const unread = list.kind === 'read' ? list.value.unread : new Set<string>();
  const counts = await reading(signal, now, () => fetchEnrollmentCounts(deps, signal));
  const funnel = await reading(signal, now, () => deps.funnel(signal));
  return {
    unread,
    experiments: withUnread(
      mapped(list, ({ watched }) => watched),
      unread,
    ),
    enrollmentCounts: datedCounts(counts),
    enrollmentFunnel: funnelReading(funnel, now),
  };
}

function datedCounts(
  counts: Reading<{ readonly counts: ReadonlyMap<string, EnrollmentCounts>; readonly at: number }>,
): Reading<ReadonlyMap<string, EnrollmentCounts>> {
  return counts.kind === 'read' ? { ...counts, value: counts.value.counts, at: counts.value.at } : counts;
}

function funnelReading(funnel: Reading<EnrollmentFunnel>, now: number): Reading<EnrollmentFunnel> {
  if (funnel.kind === 'missing') return funnel;
  const { value } = funnel;
  const problem = funnelProblem(value, now);
  const at = value.kind === 'absent' ? now : value.changedAt;
  return { ...funnel, at, ...(problem === undefined ? {} : { problem }) };
}
