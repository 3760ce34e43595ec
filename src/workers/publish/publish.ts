/**
 * Publishes one file of any product: looks at the object, checks its owner, lets the product
 * make the content, and replaces the object atomically, unless it is current. Safe to repeat and to run twice at once: an
 * object is replaced only by what is not older.
 */
import { ContrailError } from '../../domain/errors.ts';
import type { Claim } from '../../domain/file-claim.ts';
import type { LogEvent } from '../../domain/log-record.ts';
import { METADATA } from '../../domain/object-metadata.ts';
import type { JobOutcome } from '../../domain/outcome.ts';
import type { Clock } from '../../ports/clock.ts';
import { ABSENT, type Generation, type ObjectStore } from '../../ports/object-store.ts';
import { checkOwner } from './check-owner.ts';
import type { Body, BodyFacts, Content, LeftOut, Nothing } from './content.ts';
import { eventsOfOutcome } from './events.ts';
import { objectMetadata } from './object-metadata.ts';
import { ObjectWriting } from './object-writing.ts';
import { inPlaceOutcome, type PublishTimes, recalledFacts, settledOutcome, skippedOutcome } from './outcomes.ts';
import { type ReadyBody, readyBody } from './ready-body.ts';
import { isOwn, lookAtObject, type SeenObject, settlementOf } from './seen-object.ts';

/** How often it starts again because somebody else changed the object meanwhile. */
const MOST_ROUNDS = 3;

export interface PublishDependencies {
  readonly store: ObjectStore;
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
}

export interface Publication {
  /** Name of the object. */
  readonly name: string;
  /** Absent for files that are not of one experiment. */
  readonly claim?: Claim;
  /** Default: `application/json`. */
  readonly contentType?: string;
  /** For the object's metadata: a job's id, which no other publication has. */
  readonly job: string;
  /** Write the object also if it is current, or would keep its bytes. */
  readonly force: boolean;
  /** The object was made on premises that no longer hold, so a current version does not settle it. */
  readonly hasNewPremises?: boolean;
  /** The object of this generation is replaced even if its version is not older; one that came later is not. */
  readonly replaces?: Generation | undefined;
  /** The object as planning saw it, which spares a look; one is taken all the same once it has changed. */
  readonly seen?: SeenObject | undefined;
  /** When the work began, milliseconds since 1970; now unless told. */
  readonly startedAt?: number;
  /** What log rows say besides the experiment. */
  readonly logged: Pick<LogEvent, 'at' | 'analysisPeriod'>;
  readonly signal: AbortSignal;
  /**
   * Makes the content, after the object was looked at, so that what is published is never older than what it replaces.
   * Called once a round.
   */
  readonly open: (before: SeenObject | undefined, round: number) => Promise<Content | Nothing>;
}

export interface Published {
  readonly outcome: JobOutcome;
  /** What is to be logged: rows that had to be left out, and oddities. */
  readonly events: readonly LogEvent[];
}

/**
 * Throws a ContrailError when nothing was published, and the last good object then stays as it was: SLUG_CONFLICT,
 * OBJECT_CHANGED after several rounds, whatever making the content throws.
 */
export async function publish(deps: PublishDependencies, publication: Publication): Promise<Published> {
  const { name, seen, signal } = publication;
  const startedAt = publication.startedAt ?? deps.clock.now();
  let before = await lookAtObject(deps.store, name, { seen, signal });
  for (let number = 1; ; number++) {
    const end = await publishOnce({ deps, publication, startedAt, before }, number);
    if (!('changed' in end)) return end;
    if (number === MOST_ROUNDS) throw end.changed;
    signal.throwIfAborted();
    before = end.found;
  }
}

interface Round {
  readonly deps: PublishDependencies;
  readonly publication: Publication;
  readonly startedAt: number;
  readonly before: SeenObject | undefined;
}

/** Somebody else has changed the object meanwhile. */
interface Changed {
  readonly changed: ContrailError;
  readonly found: SeenObject | undefined;
}

async function publishOnce(round: Round, number: number): Promise<Published | Changed> {
  const { deps, publication, before } = round;
  checkOwner(publication.name, before, publication.claim);
  const openedAt = deps.clock.monotonic();
  const content = await publication.open(before, number);
  if (content.kind === 'nothing') return endedAs(publication, skippedOutcome(content));
  try {
    return settle(round, content) ?? (await replace(round, content, openedAt));
  } finally {
    await content.close?.();
  }
}

/** What is there already, if that will do. */
function settle(round: Round, content: Content): Published | undefined {
  const { deps, publication, before } = round;
  const { body, sourceVersion } = content;
  const settlement = settlementOf(before, { job: publication.job, sourceVersion });
  if (before === undefined || settlement === undefined) return undefined;
  const isReplaced = before.generation === publication.replaces;
  const hasNewPremises = publication.hasNewPremises === true && settlement !== 'newer';
  const isRedone = publication.force || hasNewPremises || isReplaced;
  // Parts are made for one publication: what the job has made of them is never made anew.
  if (isRedone && !(settlement === 'own' && body.kind === 'parts')) return undefined;
  if (settlement === 'own') {
    return inPlace(round, content, { facts: factsOf(body) ?? recalledFacts(before), generation: before.generation });
  }
  const place = { object: publication.name, location: deps.store.locate(publication.name) };
  return endedAs(publication, settledOutcome(settlement, place));
}

/** What is known of a body before it is written. */
function factsOf(body: Body): BodyFacts | undefined {
  switch (body.kind) {
    case 'text':
      return { ...body.facts, bytes: Buffer.byteLength(body.text) };
    case 'parts':
      return body.facts;
    case 'stream':
    case 'later':
      return undefined;
  }
}

async function replace(round: Round, content: Content, openedAt: number): Promise<Published | Changed> {
  const { deps, publication, before } = round;
  const { body } = content;
  if (body.kind === 'later') return endedAs(publication, body.outcome);
  const { name, contentType = 'application/json', signal } = publication;
  const ifGeneration = before?.generation ?? ABSENT;
  const request = { name, contentType, ifGeneration, signal };
  const writing = new ObjectWriting(deps.store, request);
  let ready: ReadyBody | undefined;
  try {
    const made = await readyBody(body, writing, request);
    if (made.kind === 'nothing') {
      await writing.discard();
      return endedAs(publication, skippedOutcome(made));
    }
    ready = made;
    const readyAt = deps.clock.monotonic();
    const times = () => ({ readMs: readyAt - openedAt, publishMs: deps.clock.monotonic() - readyAt });
    const metadata = objectMetadata({ publication, content, ready, before });
    if (!hasBytesOf(ready, round)) {
      const { generation } = await ready.commit(metadata);
      return inPlace(round, content, { facts: ready.facts, generation, times: times() });
    }
    await writing.discard();
    await deps.store.updateMetadata({ name, ifGeneration, metadata, signal });
    return inPlace(round, content, { facts: ready.facts, times: times() });
  } catch (error) {
    await writing.discard();
    if (!(error instanceof ContrailError) || error.code !== 'OBJECT_CHANGED') throw error;
    return changedOrOwn(round, content, { changed: error, ready });
  }
}

/** Whether the object has these bytes already, and may keep them. */
function hasBytesOf({ sha256 }: ReadyBody, { publication, before }: Round): boolean {
  return !publication.force && sha256 !== undefined && before?.metadata[METADATA.sha256] === sha256;
}

/**
 * A store whose answer was lost refuses the repeated request, because the object has changed: by this very job, if the
 * object carries its id, its version and these bytes.
 */
async function changedOrOwn(
  round: Round,
  content: Content,
  { changed, ready }: { readonly changed: ContrailError; readonly ready: ReadyBody | undefined },
): Promise<Published | Changed> {
  const { deps, publication, before } = round;
  const found = await deps.store.head(publication.name, publication.signal);
  const { sourceVersion } = content;
  if (found === undefined || !isOwn(found, { job: publication.job, sourceVersion })) return { changed, found };
  if (ready === undefined || found.metadata[METADATA.sha256] !== ready.sha256) return { changed, found };
  const { facts } = ready;
  return inPlace(
    round,
    content,
    found.generation === before?.generation ? { facts } : { facts, generation: found.generation },
  );
}

interface InPlace {
  readonly facts: BodyFacts;
  /** Absent where the bytes stayed. */
  readonly generation?: Generation;
  readonly times?: PublishTimes;
}

function inPlace({ deps, publication, startedAt }: Round, content: Content, body: InPlace): Published {
  const place = { object: publication.name, location: deps.store.locate(publication.name) };
  const outcome = inPlaceOutcome({ place, content, durationMs: deps.clock.now() - startedAt, ...body });
  return endedAs(publication, outcome, body.facts.leftOut);
}

function endedAs({ claim, logged }: Publication, outcome: JobOutcome, leftOut: readonly LeftOut[] = []): Published {
  const subject = claim === undefined ? {} : { experiment: claim.experiment };
  return { outcome, events: eventsOfOutcome(outcome, leftOut, { ...subject, ...logged }) };
}
