/**
 * Publishes a very large table from the work objects of its parts, which the store joins into one array without moving
 * their bytes (spec: statistics, section 6). Parts never share a key, so their results add up to those of a single reader.
 */
import { z } from 'zod';
import { ContrailError, ERROR_CATALOGUE, type ErrorCode, toContrailError } from '../../domain/errors.ts';
import type { ReadingUsage } from '../../domain/outcome.ts';
import { checkPartName } from '../../domain/work-folder.ts';
import type { DividedWork, EndedPart } from '../../ports/job-handler.ts';
import { StatisticsPartSummary } from '../../jobs/statistics-part-job.ts';
import type { ComposingStore } from '../../ports/object-store.ts';
import type { Random } from '../../ports/random.ts';
import type { Content, Nothing, PartsBody } from '../publish/content.ts';
import { publish, type Published } from '../publish/publish.ts';
import type { SeenObject } from '../publish/seen-object.ts';
import type { DropPlan } from './acceptance/drop-plan.ts';
import { FileOutline } from './acceptance/outline.ts';
import { planDrops } from './acceptance/plan-drops.ts';
import { plansOfParts } from './acceptance/plans-of-parts.ts';
import { dividedOutcome, Division } from './division.ts';
import { type ExportDependencies, type ExportRequest, factsOfFile, publicationOf } from './export-request.ts';
import { windowsOfFile } from './file-metadata.ts';
import { joinSummaries, joinUsage } from './join-parts.ts';
import { checkShare } from './judge-rows.ts';
import { judgeLostWindows } from './lost-windows.ts';
import { sourceChanged } from './source-changed.ts';
import { framedParts, removeWorkObjects } from './work-objects.ts';
import type { WrittenFile } from './write-file.ts';

export interface JoinDependencies extends Omit<ExportDependencies, 'duplicateLimit'> {
  readonly store: ComposingStore;
  readonly random: Random;
}

/**
 * Publishes the parts. Throws the failure of a part, or why the file may not be published. The parts are then forgotten,
 * unless a retry can use them.
 */
export async function joinExport(
  deps: JoinDependencies,
  request: ExportRequest,
  divided: DividedWork,
): Promise<Published> {
  const division = Division.parse(divided.state);
  for (const { object } of division.parts) checkPartName(object);
  try {
    const ended = new Map(divided.parts.map((part) => [part.id, part]));
    const summaries = division.parts.map(({ id }) => summaryOf(ended.get(id), id));
    const file = joinSummaries(summaries);
    const usage = joinUsage([division.usage, ...summaries.map((summary) => summary.usage)]);
    if (file.check.rows !== division.rowCount) throw rowsMissing(division, file.check.rows);
    checkShare(file.check, request, deps.refusedShareLimit);
    const plan = await planDrops(deps, file.outline, request);
    if (plan !== undefined) return await divideAgain({ deps, request, division, summaries, usage, plan });
    const parts = division.parts.filter((_, index) => (summaries[index]?.rows ?? 0) > 0).map((part) => part.object);
    const published = await publishParts({ deps, request, division }, { file, usage, parts });
    await removeWorkObjects(deps.store, division, request.signal);
    return published;
  } catch (error) {
    if (!canJoinLater(divided.parts, error)) {
      divided.forget();
      await removeWorkObjects(deps.store, division, request.signal);
    }
    throw error;
  }
}

interface Join {
  readonly deps: JoinDependencies;
  readonly request: ExportRequest;
  readonly division: Division;
}

interface Joined {
  readonly file: Omit<WrittenFile, 'sha256'>;
  readonly usage: ReadingUsage;
  /** The work objects with rows, in order. */
  readonly parts: readonly string[];
}

async function publishParts(join: Join, joined: Joined): Promise<Published> {
  const { deps, request, division } = join;
  return publish(deps, {
    ...publicationOf(request),
    startedAt: division.startedAt,
    open: (before) => openParts(join, joined, before),
  });
}

async function openParts(
  { deps, request, division }: Join,
  { file, usage, parts }: Joined,
  before: SeenObject | undefined,
): Promise<Content | Nothing> {
  const { source, version, rowCount } = division;
  const { signal } = request;
  const windows = windowsOfFile(file.check);
  const judged = await judgeLostWindows(deps, { ...request, before, windows, version });
  if ('kind' in judged) return judged;
  const body: PartsBody = {
    kind: 'parts',
    facts: { ...factsOfFile(deps, request, file, judged), sourceRows: rowCount, usage: () => usage },
    compose: async (target) =>
      deps.store.compose({ ...target, parts: await framedParts(deps.store, division, { parts, signal }) }),
  };
  return { kind: 'content', source, sourceVersion: version, body };
}

interface SecondRound extends Join {
  readonly summaries: readonly StatisticsPartSummary[];
  /** The cost of the first round. */
  readonly usage: ReadingUsage;
  readonly plan: DropPlan;
}

/** The same parts again, with what each must leave out. */
async function divideAgain({ deps, request, division, summaries, usage, plan }: SecondRound): Promise<Published> {
  if (division.plan !== undefined) throw sourceChanged(division.source);
  const plans = plansOfParts(
    plan,
    summaries.map(({ outline }) => FileOutline.parse(outline)),
  );
  await removeWorkObjects(deps.store, division, request.signal);
  const wanted = division.parts.map(({ token }, index) => {
    const ofPart = plans[index];
    return ofPart === undefined ? { token } : { token, plan: ofPart };
  });
  const { source, version, rowCount, startedAt } = division;
  const found = { source, version, rowCount, startedAt, usage, plan };
  return { outcome: dividedOutcome(deps.random, request, { ...found, wanted }), events: [] };
}

/** Parts can be reused if all are complete and only publishing failed. */
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

function summaryOf(part: EndedPart | undefined, id: string): StatisticsPartSummary {
  if (part?.failure !== undefined) {
    const code = isErrorCode(part.failure.code) ? part.failure.code : 'INTERNAL';
    throw new ContrailError(code, `A part failed: ${part.failure.message}`, { subject: id });
  }
  const result = z.object({ summary: StatisticsPartSummary }).safeParse(part?.result);
  if (result.success) return result.data.summary;
  throw new ContrailError('STREAM_BROKEN', `The part ${id} has no result.`, { subject: id });
}

function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(ERROR_CATALOGUE, text);
}

function rowsMissing({ source, rowCount }: Division, delivered: number): ContrailError {
  return new ContrailError(
    'ROW_COUNT_MISMATCH',
    `${source} announced ${rowCount} rows and its parts delivered ${delivered}; nothing was published.`,
    { subject: source },
  );
}
