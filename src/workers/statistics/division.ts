/** A table divided into parts: the state that the queue keeps until all parts have ended. */
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
  /** The cost of dividing and, in the second round, of the first one. */
  usage: PartUsage.optional(),
  startedAt: z.number(),
  folder: z.string(),
  parts: z.array(z.object({ id: z.string(), object: z.string(), token: z.string() })),
  /** What the parts leave out in the second round. */
  plan: DropPlan.optional(),
});
export type Division = z.infer<typeof Division>;

export interface WantedPart {
  readonly token: string;
  /** What it leaves out. */
  readonly plan?: DropPlan;
}

/** The outcome that makes the parts jobs. */
export function dividedOutcome(
  random: Random,
  { experiment, period, job }: Pick<ExportRequest, 'experiment' | 'period' | 'job'>,
  { wanted, ...found }: Omit<Division, 'folder' | 'parts'> & { readonly wanted: readonly WantedPart[] },
): JobOutcome {
  // A unique round: the queue may still have ended parts of another division, and the store its work objects.
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

/** Whether the export was divided and all its parts have ended. */
export function isJoinable({ state, parts }: DividedWork): boolean {
  const division = Division.safeParse(state);
  if (!division.success) return false;
  const ended = new Set(parts.map((part) => part.id));
  return division.data.parts.every((part) => ended.has(part.id));
}
