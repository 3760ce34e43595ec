/** Statistics files of listed experiments that have neither a source nor a published object. */
import { ANALYSIS_PERIODS, type AnalysisPeriod } from '../domain/analysis-period.ts';
import { ContrailError, toContrailError } from '../domain/errors.ts';
import type { Experiment } from '../domain/experiment.ts';
import { expectedPeriods, isResultsWatchOver } from '../domain/expected-files.ts';
import { statisticsObjectName } from '../domain/statistics-name.ts';

export interface AbsentStatistics {
  readonly experiment: string;
  readonly period: AnalysisPeriod;
  /** Whether its results should be there by now. Unknown if metric-hub would have to say, and cannot be read. */
  readonly isExpected: boolean | 'unknown';
}

/** Tells whether metric-hub leaves an experiment out of the analysis or keeps it private. Rejects if that is unknown. */
export type ReadLeftOut = (signal: AbortSignal) => Promise<IsLeftOut>;

type IsLeftOut = (experiment: Pick<Experiment, 'slug' | 'appName'>) => boolean;

export interface AbsenceRequest {
  readonly experiments: readonly Experiment[];
  /** Files with a view or table. */
  readonly found: readonly { readonly experiment: string; readonly period: AnalysisPeriod }[];
  readonly objects: { has(name: string): boolean };
  /** Which files are of interest. */
  readonly isWanted: (file: Pick<AbsentStatistics, 'experiment' | 'period'>) => boolean;
  /** Called only if the records alone would have results expected that are absent. */
  readonly leftOut: ReadLeftOut;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export interface Absence {
  readonly absent: readonly AbsentStatistics[];
  /** Why it is unknown which files are expected. */
  readonly problems: readonly ContrailError[];
}

export async function absentStatistics(request: AbsenceRequest, signal: AbortSignal): Promise<Absence> {
  const absent = listAbsent(request, () => false);
  if (!absent.some(({ isExpected }) => isExpected)) return { absent, problems: [] };
  try {
    return { absent: listAbsent(request, await request.leftOut(signal)), problems: [] };
  } catch (error) {
    signal.throwIfAborted();
    const unknown = absent.map((file) => (file.isExpected ? { ...file, isExpected: 'unknown' as const } : file));
    return { absent: unknown, problems: [expectationsUnknown(toContrailError(error))] };
  }
}

function listAbsent(
  { experiments, found, objects, isWanted, now }: AbsenceRequest,
  isLeftOut: IsLeftOut,
): AbsentStatistics[] {
  const known = new Set(found.map(({ experiment, period }) => `${experiment} ${period}`));
  return experiments.flatMap((experiment) => {
    const { slug, results } = experiment;
    const isWatched = results !== undefined && !isResultsWatchOver(results, now);
    const expected = isWatched ? expectedPeriods({ ...results, isLeftOut: isLeftOut(experiment) }, now) : [];
    return ANALYSIS_PERIODS.filter(
      (period) =>
        isWanted({ experiment: slug, period }) &&
        !known.has(`${slug} ${period}`) &&
        !objects.has(statisticsObjectName(slug, period)),
    ).map((period) => ({ experiment: slug, period, isExpected: expected.includes(period) }));
  });
}

function expectationsUnknown({ code, message, hint, subject }: ContrailError): ContrailError {
  return new ContrailError(code, `It is unknown which results are expected, so none is shown as missing: ${message}`, {
    ...(hint === undefined ? {} : { hint }),
    ...(subject === undefined ? {} : { subject }),
  });
}
