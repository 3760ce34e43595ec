/** What the API tells of files, experiments and queues: the numbers of the health page. */
import { z } from 'zod';
import type { QueueLook } from '../../../ports/queue-watch.ts';
import { Source } from '../../api/lists.ts';
import type { HealthFile } from './health-file.ts';
import { HEALTH_PRODUCTS } from './health-parameters.ts';
import type { HealthRow } from './health-rows.ts';
import { healthTotals } from './health-rows.ts';
import type { HealthSnapshot } from './health-source.ts';
import { headlineOf } from './headline.ts';
import { sourcesOf } from './health-sources.ts';
import { stateFilterOf, STATE_FILTERS } from './matrix.ts';
import { needsYou } from './needs-you.ts';
import { pausedQueues, waitingJobs } from './queue-depth.ts';
import type { UsualRange } from './usual.ts';

const Time = z.iso.datetime();
const Count = z.int().min(0);
const FileState = z.enum(STATE_FILTERS).exclude(['needs-you']);
const States = z.partialRecord(FileState, Count);

const FileName = z.object({
  experiment: z.string(),
  product: z.enum(HEALTH_PRODUCTS),
  /** Only of statistics. */
  period: z.string().nullable(),
});

export const FileAnswer = FileName.extend({
  application: z.string().nullable(),
  state: FileState,
  needs_you: z.boolean(),
  since: Time.nullable(),
  /** How much longer ago than allowed the source changed. */
  late_seconds: z.number().nullable(),
  due_by: Time.nullable(),
  job: z
    .object({
      queue: z.string(),
      state: z.enum(['active', 'waiting', 'delayed']),
      progress: z.number().nullable(),
      place: z.int().nullable(),
    })
    .nullable(),
  problem: z.object({ code: z.string(), message: z.string(), attempts: Count, at: Time.nullable() }).nullable(),
  published_at: Time.nullable(),
  rows_left_out: Count,
});

export const ExperimentAnswer = z.object({
  experiment: z.string(),
  application: z.string().nullable(),
  files: Count,
  needs_you: Count,
  states: States,
});

export const QueueAnswer = z.object({
  queue: z.string(),
  is_paused: z.boolean(),
  waiting: Count,
  oldest_seconds: z.number(),
  running: Count,
  delayed: Count,
  failed: Count,
});

const Range = z.object({ low: z.number(), high: z.number(), days: Count }).nullable();

export const HealthAnswer = z.object({
  as_of: Time,
  sources: z.array(Source),
  version: z.string(),
  status: z.enum(['well', 'needs_you', 'empty', 'rebuilding', 'unwatched', 'unknown']),
  headline: z.string(),
  files: Count,
  not_due: Count,
  needs_you: Count,
  states: States,
  checked_at: Time.nullable(),
  causes: z.array(
    z.object({
      state: FileState,
      files: z.array(FileName),
      waiting: z.enum(['paused', 'queued', 'idle']).nullable(),
      code: z.string().nullable(),
      message: z.string().nullable(),
    }),
  ),
  published_today: Count.nullable(),
  usually_published: Range,
  cost: z.object({ day: z.iso.date(), usd: z.number(), usually: Range }).nullable(),
  alerts: z.object({ open: Count, critical: Count, silenced: Count, no_data: Count, checked_at: Time }).nullable(),
  hours: z.array(z.object({ at: Time, published: Count, failed: Count })),
});

export const VersionAnswer = z.object({ version: z.string() });

/** Changes when the page has something new to say: a file in another state, an alert. */
export function versionOf({ files, alerts }: HealthSnapshot): string {
  const ofFiles = files.kind === 'unread' ? 'unknown' : files.value.kind === 'files' ? files.value.version : 'building';
  const counts = alerts.kind === 'read' ? alerts.value : undefined;
  return `${ofFiles}.${counts?.open ?? 0}`;
}

export function healthAnswer(snapshot: HealthSnapshot): z.input<typeof HealthAnswer> {
  const { now, files, queues, alerts, records } = snapshot;
  const known = files.kind === 'read' && files.value.kind === 'files' ? files.value : undefined;
  const totals = known?.totals ?? healthTotals([]);
  const told = records.kind === 'read' ? records.value : undefined;
  const counts = alerts.kind === 'read' ? alerts.value : undefined;
  const paused = pausedQueues(queues.kind === 'read' ? queues.value : []);
  const { status, text } = headlineOf(snapshot);
  return {
    as_of: timeOf(now),
    sources: sourceAnswers(snapshot),
    version: versionOf(snapshot),
    status,
    headline: text,
    files: totals.files,
    not_due: totals.notDue,
    needs_you: totals.needYou,
    states: statesOf(totals.byState),
    checked_at: known === undefined ? null : timeOf(known.checkedAt),
    causes: needsYou(known?.files ?? [], paused).lines.map(({ state, files: of, waiting }) => ({
      state: apiState(state),
      files: of.map(nameOf),
      waiting: waiting ?? null,
      code: of[0].problem?.code ?? null,
      message: of[0].problem?.sentence ?? null,
    })),
    published_today: told?.publishedToday ?? null,
    usually_published: rangeOf(told?.usuallyPublished),
    cost: told?.cost === undefined ? null : { ...told.cost, usually: rangeOf(told.cost.usually) },
    alerts:
      counts === undefined
        ? null
        : {
            open: counts.open,
            critical: counts.critical,
            silenced: counts.silenced,
            no_data: counts.noData,
            checked_at: timeOf(counts.checkedAt),
          },
    hours: (told?.hours ?? []).map(({ at, published, failed }) => ({ at: timeOf(at), published, failed })),
  };
}

export function fileAnswer(file: HealthFile): z.input<typeof FileAnswer> {
  const { application, state, needsYou: isUrgent, since, lateMs, dueBy, job, problem, publishedAt, leftOut } = file;
  return {
    ...nameOf(file),
    application: application ?? null,
    state: apiState(state),
    needs_you: isUrgent,
    since: optionalTime(since),
    late_seconds: lateMs === undefined ? null : lateMs / 1_000,
    due_by: optionalTime(dueBy),
    job:
      job === undefined
        ? null
        : { queue: job.queue, state: job.state, progress: job.progress ?? null, place: job.place ?? null },
    problem:
      problem === undefined
        ? null
        : { code: problem.code, message: problem.sentence, attempts: problem.attempts, at: optionalTime(problem.at) },
    published_at: optionalTime(publishedAt),
    rows_left_out: leftOut,
  };
}

export function experimentAnswer({
  experiment,
  application,
  byAttention,
}: HealthRow): z.input<typeof ExperimentAnswer> {
  const { files, needYou, byState } = healthTotals(byAttention);
  return { experiment, application: application ?? null, files, needs_you: needYou, states: statesOf(byState) };
}

export function queueAnswer(look: QueueLook): z.input<typeof QueueAnswer> {
  const { queue, isPaused, oldestMs, jobs } = look;
  return {
    queue,
    is_paused: isPaused,
    waiting: waitingJobs(look),
    oldest_seconds: oldestMs / 1_000,
    running: jobs.active,
    delayed: jobs.delayed + jobs.parents,
    failed: jobs.failed,
  };
}

export function sourceAnswers(snapshot: HealthSnapshot): z.input<typeof Source>[] {
  return sourcesOf(snapshot).map(({ name, problem, asOf }) => ({
    name,
    problem: problem ?? null,
    as_of: optionalTime(asOf),
  }));
}

function nameOf({ file: { experiment, product, period } }: HealthFile): z.input<typeof FileName> {
  return { experiment, product, period: period ?? null };
}

function statesOf(byState: ReturnType<typeof healthTotals>['byState']): z.input<typeof States> {
  const named = Object.entries(byState).map(([state, count]) => [state.replace(' ', '-'), count]);
  return States.parse(Object.fromEntries(named));
}

function apiState(state: HealthFile['state']): z.infer<typeof FileState> {
  return FileState.parse(stateFilterOf(state));
}

function rangeOf(range: UsualRange | undefined): z.input<typeof Range> {
  return range === undefined ? null : { ...range };
}

export function timeOf(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

function optionalTime(epochMs: number | undefined): string | null {
  return epochMs === undefined ? null : timeOf(epochMs);
}
