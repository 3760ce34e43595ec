/**
 * Exports a very large table in parts, which other workers write as work objects and the store joins into one array
 * without moving their bytes (spec: statistics, section 6). The parts hold rows of different keys, so what each finds
 * out about its rows adds up to what one reader of all would find.
 */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { ContrailError, ERROR_CATALOGUE, type ErrorCode, toContrailError } from '../../domain/errors.ts';
import type { JobOutcome, ReadingUsage } from '../../domain/outcome.ts';
import { statisticsObjectName, statisticsTableName } from '../../domain/statistics-name.ts';
import { checkPartName, WORK_FOLDER } from '../../domain/work-folder.ts';
import type { DividedWork, EndedPart } from '../../ports/job-handler.ts';
import {
  PartUsage,
  STATISTICS_PART_JOB,
  statisticsPartId,
  type StatisticsPartPayload,
  StatisticsPartSummary,
} from '../../jobs/statistics-part-job.ts';
import { ABSENT, type ComposingStore } from '../../ports/object-store.ts';
import type { DivisibleSource } from '../../ports/statistics-source.ts';
import { checkOwner } from './check-owner.ts';
import type { ExportDependencies, ExportRequest, ExportResult } from './export-table.ts';
import { joinSummaries, joinUsage } from './join-parts.ts';
import { DropPlan } from './acceptance/drop-plan.ts';
import { FileOutline } from './acceptance/outline.ts';
import { hangsOnRecord, planDrops } from './acceptance/plan-drops.ts';
import { plansOfParts } from './acceptance/plans-of-parts.ts';
import { checkShare, judgeRows, refusalOf } from './judge-rows.ts';
import { objectMetadata } from './object-metadata.ts';
import { lookAtObject, publishedBy, settledBy } from './published-object.ts';

const MOST_ROUNDS = 3;

export interface DividedDependencies extends ExportDependencies {
  readonly source: DivisibleSource;
  readonly store: ComposingStore;
}

/** What a divided export leaves for the time when its parts have ended. */
const Division = z.object({
  source: z.string(),
  version: z.string(),
  rowCount: z.number().int(),
  /** What dividing has cost. */
  usage: PartUsage.optional(),
  startedAt: z.number(),
  folder: z.string(),
  parts: z.array(z.object({ id: z.string(), object: z.string(), token: z.string() })),
  /** What these parts leave out, where a first division has found that the rules of whole files do not hold. */
  plan: DropPlan.optional(),
});
type Division = z.infer<typeof Division>;

/** Divides the work, or says that there is none; undefined where the table is small enough to be exported whole. */
export async function divideExport(
  { source, store, clock }: DividedDependencies,
  request: ExportRequest,
): Promise<JobOutcome | undefined> {
  const { experiment, period, seen, signal } = request;
  const startedAt = clock.now();
  const object = statisticsObjectName(experiment, period);
  const before = await lookAtObject(store, object, { seen: seen?.object, signal });
  checkOwner(object, before, request);
  const table = await source.divide({
    table: statisticsTableName(experiment, period),
    labels: { product: 'statistics', experiment, period },
    signal,
  });
  if (table === undefined) return undefined;
  const publisher = { object, location: store.locate(object), job: request.job, durationMs: clock.now() - startedAt };
  const isForced = request.force || request.hasNewPremises === true;
  const settled = isForced ? undefined : settledBy(before, table.version, publisher);
  if (settled !== undefined) return settled;
  const { version, rowCount } = table;
  const found = { source: table.source, version, rowCount, usage: table.usage(), startedAt };
  return divided(
    request,
    found,
    table.parts.map(({ token }) => ({ token })),
  );
}

/** A division into these parts, with what each leaves out. */
function divided(
  { experiment, period, job }: ExportRequest,
  found: Omit<Division, 'folder' | 'parts'>,
  wanted: readonly { readonly token: string; readonly plan?: DropPlan }[],
): JobOutcome {
  // The queue keeps ended parts for a while, and work objects may be there still: no division meets those of another.
  const round = randomUUID().slice(0, 8);
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

/**
 * Publishes what the parts have written. Throws what made a part fail, or why the whole may not be published; the parts
 * are forgotten then, unless trying again with them can help.
 */
export async function joinExport(
  deps: DividedDependencies,
  request: ExportRequest,
  divided: DividedWork,
): Promise<ExportResult> {
  const division = Division.parse(divided.state);
  for (const { object } of division.parts) checkPartName(object);
  try {
    const ended = new Map(divided.parts.map((part) => [part.id, part]));
    const summaries = division.parts.map(({ id }) => summaryOf(ended.get(id), id));
    const file = joinSummaries(summaries);
    const usage = joinUsage([division.usage, ...summaries.map((summary) => summary.usage)]);
    const written = division.parts.filter((_, index) => (summaries[index]?.rows ?? 0) > 0).map((part) => part.object);
    if (file.check.rows !== division.rowCount) throw rowsMissing(division, file.check.rows);
    checkShare(file.check, request, deps.refusedShareLimit);
    const plan = await planDrops(deps, file.outline, request);
    if (plan !== undefined) return await divideAgain({ deps, request, division, summaries, usage, plan });
    const judged = { ...file, hangsOnRecord: hangsOnRecord(deps.rules, file.outline, request) };
    const warnings = judgeRows(judged, request, deps.refusedShareLimit);
    const result = await publish({ deps, request, division, file, written, usage });
    const refusal = refusalOf(file.check);
    await removeParts(deps.store, division, request.signal);
    if (result.kind !== 'published') return { outcome: result };
    return { outcome: { ...result, warnings }, ...(refusal === undefined ? {} : { refusal }) };
  } catch (error) {
    if (!canJoinLater(divided.parts, error)) {
      divided.forget();
      await removeParts(deps.store, division, request.signal);
    }
    throw error;
  }
}

interface SecondRound {
  readonly deps: DividedDependencies;
  readonly request: ExportRequest;
  readonly division: Division;
  readonly summaries: readonly StatisticsPartSummary[];
  /** What the first round has cost. */
  readonly usage: ReadingUsage;
  readonly plan: DropPlan;
}

/** The same parts once more, with what each must leave out so that the whole keeps its rules. */
async function divideAgain({ deps, request, division, summaries, usage, plan }: SecondRound): Promise<ExportResult> {
  if (division.plan !== undefined) throw sourceChanged(division);
  const plans = plansOfParts(
    plan,
    summaries.map(({ outline }) => FileOutline.parse(outline)),
  );
  await removeParts(deps.store, division, request.signal);
  const parts = division.parts.map(({ token }, index) => {
    const ofPart = plans[index];
    return ofPart === undefined ? { token } : { token, plan: ofPart };
  });
  const { folder: _folder, parts: _parts, ...found } = division;
  return { outcome: divided(request, { ...found, usage, plan }, parts) };
}

/** Parts stay of use while all are whole and only the publication met trouble. */
function canJoinLater(parts: readonly EndedPart[], error: unknown): boolean {
  if (parts.some((part) => part.failure !== undefined)) return false;
  const { code, failureClass } = toContrailError(error);
  return failureClass !== 'content' && !USELESS_PARTS.has(code);
}

const USELESS_PARTS: ReadonlySet<ErrorCode> = new Set([
  'OBJECT_MISSING',
  'ROW_COUNT_MISMATCH',
  'SOURCE_CHANGED',
  'STREAM_BROKEN',
]);

interface Publication {
  readonly deps: DividedDependencies;
  readonly request: ExportRequest;
  readonly division: Division;
  readonly file: ReturnType<typeof joinSummaries>;
  /** The work objects that hold rows, in order. */
  readonly written: readonly string[];
  readonly usage: ReadingUsage;
}

async function publish(publication: Publication): Promise<JobOutcome> {
  const { deps, request, division, file, usage } = publication;
  const object = statisticsObjectName(request.experiment, request.period);
  const location = deps.store.locate(object);
  let generation: string;
  for (let round = 1; ; round++) {
    const before = await deps.store.head(object, request.signal);
    checkOwner(object, before, request);
    const publisher = { object, location, job: request.job, durationMs: deps.clock.now() - division.startedAt };
    // Also when forced: the parts of this job are in place already, only the answer was lost.
    const settled = (request.force || request.hasNewPremises === true ? publishedBy : settledBy)(
      before,
      division.version,
      publisher,
    );
    if (settled !== undefined) return settled;
    try {
      ({ generation } = await deps.store.compose({
        name: object,
        contentType: 'application/json',
        ifGeneration: before?.generation ?? ABSENT,
        parts: await framed(publication),
        metadata: objectMetadata({ request, table: division, file, before }),
        signal: request.signal,
      }));
      break;
    } catch (error) {
      const changed = error instanceof ContrailError && error.code === 'OBJECT_CHANGED';
      if (!changed || round === MOST_ROUNDS) throw error;
    }
  }
  return {
    kind: 'published',
    object,
    location,
    source: division.source,
    sourceVersion: division.version,
    rows: file.rows,
    rejected: file.check.rejected,
    dropped: file.check.dropped,
    duplicates: file.check.duplicates,
    bytes: file.bytes,
    warnings: [],
    durationMs: deps.clock.now() - division.startedAt,
    generation,
    sourceRows: division.rowCount,
    usage,
  };
}

/** `[`, the parts with `,` between them, `]`. */
async function framed({ deps, request, division, written }: Publication): Promise<string[]> {
  const [open, comma, close] = marksOf(division);
  await Promise.all([
    putText(deps.store, open, '[', request.signal),
    putText(deps.store, comma, ',', request.signal),
    putText(deps.store, close, ']', request.signal),
  ]);
  return [open, ...written.flatMap((part, index) => (index === 0 ? [part] : [comma, part])), close];
}

async function putText(store: ComposingStore, name: string, text: string, signal: AbortSignal): Promise<void> {
  const before = await store.head(name, signal);
  if (before !== undefined) return;
  const writer = await store.write({ name, contentType: 'text/plain', ifGeneration: ABSENT, signal });
  await writer.write(Buffer.from(text));
  await writer.commit({});
}

function marksOf({ folder }: Division): [string, string, string] {
  return [`${folder}.open`, `${folder}.comma`, `${folder}.close`];
}

async function removeParts(store: ComposingStore, division: Division, signal: AbortSignal): Promise<void> {
  const names = [...division.parts.map((part) => part.object), ...marksOf(division)];
  // What cannot be removed now is swept by the store when it is a day old.
  await Promise.allSettled(names.map((name) => store.remove(name, signal)));
}

function summaryOf(part: EndedPart | undefined, id: string): StatisticsPartSummary {
  if (part?.failure !== undefined) {
    const code = isErrorCode(part.failure.code) ? part.failure.code : 'INTERNAL';
    throw new ContrailError(code, `A part failed: ${part.failure.message}`, { subject: id });
  }
  const result = z.object({ summary: StatisticsPartSummary }).safeParse(part?.result);
  if (result.success) return result.data.summary;
  throw new ContrailError('STREAM_BROKEN', `The part ${id} left no result.`, { subject: id });
}

function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(ERROR_CATALOGUE, text);
}

function sourceChanged({ source }: Division): ContrailError {
  return new ContrailError('SOURCE_CHANGED', `${source} has changed between two readings; nothing was published.`, {
    subject: source,
  });
}

function rowsMissing({ source, rowCount }: Division, delivered: number): ContrailError {
  return new ContrailError(
    'ROW_COUNT_MISMATCH',
    `${source} promised ${rowCount} rows and its parts delivered ${delivered}; nothing was published.`,
    { subject: source },
  );
}
