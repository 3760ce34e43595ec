/** The parameters that Contrail gives to queries, besides the configured ones. */
import { dateText, MICROS_PER_DAY, MICROS_PER_MS, timestampText } from '../utc-time.ts';
import type { QueryExport, QueryScope } from './query-export.ts';
import type { QueryParameter, QueryParameters } from './query-parameter.ts';

/** Names that queries may use, by scope. A start is known only where there are experiments. */
export const BUILT_IN_PARAMETERS: Readonly<Record<QueryScope['kind'], readonly string[]>> = {
  global: ['experiments', 'since', 'date', 'now'],
  split: ['experiments', 'since', 'date', 'now'],
  experiment: ['experiment', 'experiments', 'since', 'date', 'now'],
};

/** The starts of `@experiments`, in the same order. Only the SQL that adapters make uses it. */
export const STARTS_PARAMETER = 'starts';

export interface QueriedExperiment {
  readonly slug: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
}

export interface ParameterFacts {
  /** The tick: `@now`. The same for every try, so that unchanged data give unchanged bytes. */
  readonly tick: number;
  /** The chosen experiments. */
  readonly experiments: readonly QueriedExperiment[];
  /** The one of this query, in scope `experiment`. */
  readonly experiment?: QueriedExperiment;
}

/**
 * All parameters of a query. `@since` is the start of its experiment; for several the first of their starts, for none the
 * tick.
 */
export function queryParameters(
  query: Pick<QueryExport, 'parameters' | 'date'>,
  { tick, experiments, experiment }: ParameterFacts,
): QueryParameters {
  const starts = (experiment === undefined ? experiments : [experiment]).map(({ startedAt }) => startedAt);
  const since = starts.reduce((first, start) => Math.min(first, start), starts[0] ?? tick);
  return {
    ...query.parameters,
    ...(experiment === undefined ? {} : { experiment: { type: 'STRING', value: experiment.slug } }),
    experiments: { type: 'STRING', values: experiments.map(({ slug }) => slug) },
    [STARTS_PARAMETER]: { type: 'TIMESTAMP', values: experiments.map(({ startedAt }) => timeText(startedAt)) },
    since: timestamp(since),
    now: timestamp(tick),
    date: { type: 'DATE', value: dateOfTick(query, tick) },
  };
}

/** `{date}` and `@date` of a tick: `2026-01-13`. */
export function dateOfTick({ date }: Pick<QueryExport, 'date'>, tick: number): string {
  return dateText(tick * MICROS_PER_MS - (date === 'before' ? MICROS_PER_DAY : 0));
}

function timestamp(epochMs: number): QueryParameter {
  return { type: 'TIMESTAMP', value: timeText(epochMs) };
}

function timeText(epochMs: number): string {
  return timestampText(epochMs * MICROS_PER_MS);
}
