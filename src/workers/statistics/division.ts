/** A very large table divided into parts: what the queue keeps of it until all parts have ended. */
import { z } from 'zod';
import type { JobOutcome } from '../../domain/outcome.ts';
import { WORK_FOLDER } from '../../domain/work-folder.ts';
import type { DividedWork } from '../../ports/job-handler.ts';
import {
  PartUsage,
  STATISTICS_PART_JOB,
  statisticsPartId,
  type StatisticsPartPayload,
} from '../../jobs/statistics-part-job.ts';
import type { Random } from '../../ports/random.ts';
import { DropPlan } from './acceptance/drop-plan.ts';
import type { ExportRequest } from './export-request.ts';

export const Division = z.object({
  source: z.string(),
  version: z.string(),
  rowCount: z.number().int(),
  /** What dividing has cost, and the first round where this is the second. */
  usage: PartUsage.optional(),
  startedAt: z.number(),
  folder: z.string(),
  parts: z.array(z.object({ id: z.string(), object: z.string(), token: z.string() })),
  /** What these parts leave out, where a first division has found that the rules of whole files do not hold. */
  plan: DropPlan.optional(),
});
export type Division = z.infer<typeof Division>;

export interface WantedPart {
  readonly token: string;
  /** What it leaves out. */
  readonly plan?: DropPlan;
}

/** The outcome that makes these parts jobs of their own. */
export function dividedOutcome(
  random: Random,
  { experiment, period, job }: Pick<ExportRequest, 'experiment' | 'period' | 'job'>,
  { wanted, ...found }: Omit<Division, 'folder' | 'parts'> & { readonly wanted: readonly WantedPart[] },
): JobOutcome {
  // The queue keeps ended parts for a while, and work objects may be there still: no division meets those of another.
  const round = random.uuid().slice(0, 8);
  const folder = `${WORK_FOLDER}${job}.${round}`;
  const parts = wanted.map((part, index) => ({
    id: statisticsPartId(job, round, index),
    name: `${experiment} ${period} part ${index + 1} of ${wanted.length}`,
    payload: { version: 1, experiment, period, ...part, object: `${folder}.${index}` } satisfies StatisticsPartPayload,
  }));
  const state: Division = {
    ...found,
    folder,
    parts: parts.map(({ id, payload: { object, token } }) => ({ id, object, token })),
  };
  return { kind: 'divided', queue: STATISTICS_PART_JOB.queue, parts, state };
}

/** Whether the work was divided into parts that have all ended, well or not. */
export function isJoinable({ state, parts }: DividedWork): boolean {
  const division = Division.safeParse(state);
  if (!division.success) return false;
  const ended = new Set(parts.map((part) => part.id));
  return division.data.parts.every((part) => ended.has(part.id));
}
