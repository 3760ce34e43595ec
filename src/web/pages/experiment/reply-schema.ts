/** The replies of the API about one experiment. */
import { z } from 'zod';
import { ANALYSIS_PERIODS } from '../../../domain/analysis-period.ts';
import { TRACE_STEPS } from '../../../domain/trace/cell.ts';

const Time = z.string().describe('ISO 8601, UTC');
const Text = z.string().nullable();
const Count = z.number().int();
/** Replies are made once and never changed. */
function list<Item extends z.ZodType>(item: Item) {
  return z.array(item).readonly();
}

const Period = z.enum(ANALYSIS_PERIODS);

const Cell = z.object({
  period: Period,
  metric: z.string(),
  basis: z.string(),
  segment: z.string(),
  window: Count.nullable(),
  lost: z.enum(TRACE_STEPS).nullable(),
  reason: z.string().optional(),
  view: z.enum(['card', 'detail']).optional(),
});
const Problem = z.object({ code: z.string(), message: z.string() });

export const TraceReply = z.object({
  experiment: z.string(),
  headline: Text,
  cells: list(Cell),
  summary: z.record(z.string(), Count).nullable(),
  failedExports: list(z.object({ period: Period, code: Text, message: Text })),
  rebuilding: list(z.object({ period: Period, windows: z.string() })),
  problems: list(Problem),
  warnings: list(z.string()),
  untraced: Problem.extend({
    found: list(z.object({ period: Period, tables: Count, file: z.string().optional() })),
  }).optional(),
});

/** `value` is null, with the problem, if the source could not be read. */
function part<Value extends z.ZodType>(value: Value) {
  return z.object({ read_at: Time.nullable(), problem: Text, value: value.nullable() });
}

const Published = z.object({
  url: z.string(),
  version: z.string().optional(),
  rows: Count.optional(),
  leftOut: z.object({ rejected: Count, dropped: Count, duplicates: Count, all: Count }),
  bytes: Count,
  sha256: z.string().optional(),
  at: Time,
  windows: z.string().optional(),
});

const File = z.object({
  name: z.string(),
  product: z.string(),
  period: Text,
  object: z.string(),
  state: Text,
  detail: Text,
  needs_you: z.boolean().nullable(),
  published: Published.nullable(),
});

const Run = z.object({
  jobId: z.string(),
  finishedAt: Time,
  product: z.string(),
  period: z.string().optional(),
  outcome: z.string(),
  code: z.string().optional(),
  message: z.string().optional(),
  durationMs: z.number().optional(),
  rows: Count.optional(),
  costUsd: z.number().optional(),
});

const ErrorGroup = z.object({
  type: z.string(),
  message: z.string(),
  exception: Text,
  count: Count,
  metrics: list(z.string()),
  first: Time,
  last: Time,
});

const Branch = z.object({
  branch: z.string(),
  actual: z.number(),
  share: z.number(),
  expectedShare: z.number(),
});

const Enrollment = z.object({
  enrolled: z.number(),
  unenrolled: z.number(),
  unenrollmentRate: z.number(),
  countedAt: Time,
  test: z
    .object({
      chiSquare: z.number().nullable(),
      degreesOfFreedom: Count,
      pValue: z.number().nullable(),
      largestDeviation: z.number(),
      branches: list(Branch),
    })
    .optional(),
});

export const ExperimentReply = z.object({
  slug: z.string(),
  as_of: Time,
  application: Text,
  status: Text,
  start_date: Text,
  enrollment_end_date: Text,
  end_date: Text,
  branches: list(z.object({ slug: z.string(), ratio: Count })),
  problem: Text,
  empty: Text.describe('Why there are no results at all'),
  notes: list(z.object({ kind: z.string(), sentence: z.string() })),
  trace: part(TraceReply),
  files: part(
    z.object({
      states_as_of: Time.nullable(),
      analysis_start: Text,
      overrides: list(z.object({ what: z.string(), recorded: Text, used: z.string() })),
      files: list(File),
    }),
  ),
  runs: part(list(Run)),
  errors: part(z.object({ count: Count, older: Count, groups: list(ErrorGroup) })),
  cost: part(
    list(z.object({ kind: z.string(), table: z.string(), usd: z.number(), queries: Count, bytes: z.number() })),
  ),
  enrollment: part(Enrollment),
});
