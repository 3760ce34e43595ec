/** The console's view of an experiment's record, for a statistics file that is made without a plan. */
import type { AnalysisPeriod } from '../../domain/analysis-period.ts';
import type { FoundRecord } from '../../domain/console-premises.ts';
import type { ExperimentsApi } from '../../ports/experiments-api.ts';
import { isReadPeriod } from '../../domain/console-rules.ts';

/** Asks only for periods that the console reads. If the API does not answer, the export continues. */
export async function consoleRecordOf(
  api: ExperimentsApi,
  { experiment, period }: { readonly experiment: string; readonly period: AnalysisPeriod },
  signal: AbortSignal,
): Promise<FoundRecord> {
  if (!isReadPeriod(period)) return undefined;
  try {
    const { experiments } = await api.list(signal);
    return experiments.find(({ slug }) => slug === experiment)?.console;
  } catch {
    signal.throwIfAborted();
    return 'unreachable';
  }
}
