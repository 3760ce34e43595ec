/** Which results are shown: as asked for, otherwise those that the console shows first (spec: pages, C1 to C3). */
import { ANALYSIS_PERIODS, type AnalysisPeriod } from '../analysis-period.ts';
import type { ReadPeriod } from '../console-rules.ts';
import type { AnalysisBasis } from '../trace/inputs.ts';
import type { ResultsFacts } from './results-facts.ts';
import type { GroupPlace, ResultsIndex } from './results-index.ts';
import { gatherResults } from './statistic-results.ts';

/** The files that could be read, by period. */
export type ResultsIndexes = ReadonlyMap<AnalysisPeriod, ResultsIndex>;

export interface ResultsWish {
  readonly period?: AnalysisPeriod | undefined;
  readonly window?: number | undefined;
  readonly segment?: string | undefined;
  readonly basis?: AnalysisBasis | undefined;
  readonly against?: string | undefined;
}

export interface ResultsChoice extends GroupPlace {
  readonly period: AnalysisPeriod;
  /** null: the rows have no window, or there are none. */
  readonly window: number | null;
  /** The branch that others are compared with; null: there is none. */
  readonly against: string | null;
}

/** Whether every branch has clients who saw what it is about. */
export type Exposures = 'every branch' | 'some branches' | 'none';

/** C1: the first that has rows is shown. */
export const SHOWN_FIRST: readonly ReadPeriod[] = ['overall', 'weekly', 'daily'];
/** C2: a branch with more than this many exposed clients has exposures. */
const FEW_EXPOSURES = 10;
const ALL_CLIENTS = 'all';

interface ChoiceInputs {
  readonly indexes: ResultsIndexes;
  readonly facts: Pick<ResultsFacts, 'branches' | 'referenceBranch'>;
  readonly clientsMetric: string;
}

/** Undefined if no file can be read. */
export function chooseResults(wish: ResultsWish, inputs: ChoiceInputs): ResultsChoice | undefined {
  const { indexes, facts } = inputs;
  const basis = wish.basis ?? (exposuresOf(inputs) === 'every branch' ? 'exposures' : 'enrollments');
  const place = { basis, segment: wish.segment ?? ALL_CLIENTS };
  const period = wish.period ?? defaultPeriod(place, indexes);
  if (period === undefined) return undefined;
  const windows = indexes.get(period)?.windows(place) ?? [];
  const window = wish.window ?? windows.at(-1) ?? null;
  return { ...place, period, window, against: wish.against ?? facts.referenceBranch ?? null };
}

/** C2. By the first period of the console with counts of exposed clients, in its newest window. */
export function exposuresOf({ indexes, facts, clientsMetric }: ChoiceInputs): Exposures {
  const place = { basis: 'exposures', segment: ALL_CLIENTS } as const;
  for (const period of SHOWN_FIRST) {
    const index = indexes.get(period);
    const window = index?.catalogue(place).get(clientsMetric)?.get('count')?.at(-1);
    if (index === undefined || window === undefined) continue;
    const counted = gatherResults(index.rows({ ...place, window, metric: clientsMetric }))
      .get(clientsMetric)
      ?.get('count');
    const exposed = facts.branches.filter(({ slug }) => (counted?.absolute(slug)?.point ?? 0) > FEW_EXPOSURES);
    if (exposed.length === 0) return 'none';
    return exposed.length === facts.branches.length ? 'every branch' : 'some branches';
  }
  return 'none';
}

function defaultPeriod(place: GroupPlace, indexes: ResultsIndexes): AnalysisPeriod | undefined {
  const order = [...SHOWN_FIRST, ...ANALYSIS_PERIODS].filter((period) => indexes.has(period));
  return order.find((period) => indexes.get(period)?.hasRows(place) === true) ?? order[0];
}
