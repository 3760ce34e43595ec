/** What to drop from a written file; F7 depends on the files that the console reads earlier. */
import type { AnalysisPeriod } from '../../../domain/analysis-period.ts';
import { earlierPeriods, type FoundRecord, hasEnrollments, isPrimary } from '../../../domain/console-premises.ts';
import { statisticsObjectName } from '../../../domain/statistics-name.ts';
import type { ObjectStore } from '../../../ports/object-store.ts';
import { type ConsoleRules, isReadPeriod, type ReadPeriod } from '../../../domain/console-rules.ts';
import type { DropPlan } from './drop-plan.ts';
import { decideDrops, hangsOnEarlierFiles } from './file-rules.ts';
import type { FileOutline } from './outline.ts';

export interface PlanDropsRequest {
  readonly experiment: string;
  readonly period: AnalysisPeriod;
  readonly record: FoundRecord;
  readonly signal: AbortSignal;
}

/** Looks at the objects of earlier periods only if the plan depends on them. Undefined: nothing to drop. */
export async function planDrops(
  { store, rules }: { readonly store: ObjectStore; readonly rules: ConsoleRules },
  outline: FileOutline,
  { experiment, period, record, signal }: PlanDropsRequest,
): Promise<DropPlan | undefined> {
  if (!isReadPeriod(period)) return undefined;
  const context = { period, rules, isPrimary: isPrimary(record) };
  const plan = decideDrops(outline, { ...context, hasEarlierEnrollments: false });
  if (plan === undefined || !hangsOnEarlierFiles(plan)) return plan;
  const hasEarlierEnrollments = await hasEnrollmentsBefore(store, experiment, period, signal);
  return hasEarlierEnrollments ? decideDrops(outline, { ...context, hasEarlierEnrollments }) : plan;
}

/** Whether rows would be dropped if the experiment, whose record could not be read, has a primary outcome. */
export function hangsOnRecord(
  rules: ConsoleRules,
  outline: FileOutline,
  { period, record }: Pick<PlanDropsRequest, 'period' | 'record'>,
): boolean {
  if (record !== 'unreachable' || !isReadPeriod(period)) return false;
  return decideDrops(outline, { period, rules, isPrimary: true, hasEarlierEnrollments: true }) !== undefined;
}

async function hasEnrollmentsBefore(
  store: ObjectStore,
  experiment: string,
  period: ReadPeriod,
  signal: AbortSignal,
): Promise<boolean> {
  for (const earlier of earlierPeriods(period)) {
    const object = await store.head(statisticsObjectName(experiment, earlier), signal);
    if (hasEnrollments(object?.metadata)) return true;
  }
  return false;
}
