/** Joins objects inside the service: up to 32 per call, more by way of work objects. */
import { ContrailError } from '../../domain/errors.ts';
import { WORK_FOLDER } from '../../domain/work-folder.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Random } from '../../ports/random.ts';
import { ABSENT, type ComposeRequest } from '../../ports/object-store.ts';
import { type ApiClient, parseReply } from './api-client.ts';
import { deleteObject, getObject } from './object-calls.ts';
import { generationNumber, hasMetadata, OBJECT_FIELDS, ObjectResource } from './object-resource.ts';
import { changedError } from './service-errors.ts';

/** How many objects one call joins. */
const PARTS_PER_CALL = 32;

export interface ComposeOptions {
  readonly cleanUpMs: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** Joins the parts. Throws OBJECT_MISSING and OBJECT_CHANGED. Always removes its own work objects. */
export async function composeObjects(
  client: ApiClient,
  request: ComposeRequest,
  { cleanUpMs, clock, random, log }: ComposeOptions,
): Promise<ObjectResource> {
  const work: string[] = [];
  try {
    let parts = request.parts;
    while (parts.length > PARTS_PER_CALL) parts = await joinGroups(parts);
    return await compose(client, { ...request, parts });
  } finally {
    await removeAll(work);
  }

  async function joinGroups(parts: readonly string[]): Promise<string[]> {
    const joined: string[] = [];
    for (let at = 0; at < parts.length; at += PARTS_PER_CALL) {
      const name = `${WORK_FOLDER}compose-${random.uuid()}`;
      work.push(name);
      joined.push(name);
      const group = parts.slice(at, at + PARTS_PER_CALL);
      await compose(client, { ...request, name, parts: group, ifGeneration: ABSENT, metadata: {} });
    }
    return joined;
  }

  async function removeAll(names: readonly string[]): Promise<void> {
    const signal = clock.timeout(cleanUpMs);
    const removals = await Promise.allSettled(names.map((name) => deleteObject(client, { name, signal })));
    const failed = removals.filter((removal) => removal.status === 'rejected');
    if (failed.length === 0) return;
    // The sweep of old work objects removes them within a day.
    log.warn({ objects: failed.length, error: failed[0]?.reason }, 'work objects could not be removed');
  }
}

async function compose(client: ApiClient, request: ComposeRequest): Promise<ObjectResource> {
  const { name, parts, contentType, metadata, ifGeneration, signal } = request;
  const call = {
    doing: `joining ${parts.length} parts as gs://${client.bucket}/${name}`,
    permission: 'storage.objects.create',
    method: 'POST',
    path: `${client.objectPath(name)}/compose`,
    query: { ifGenerationMatch: generationNumber(ifGeneration), fields: OBJECT_FIELDS },
    json: { sourceObjects: parts.map((part) => ({ name: part })), destination: { contentType, metadata } },
    accept: [404, 412],
    signal,
  } as const;
  const reply = await client.call(call);
  if (reply.status < 300) return parseReply(ObjectResource, reply, call);
  if (reply.status === 404) {
    await client.checkBucket(reply, call);
    throw new ContrailError('OBJECT_MISSING', `A part of gs://${client.bucket}/${name} is not there.`, {
      subject: call.doing,
      hint: 'Its parts are made again with the next attempt.',
    });
  }
  // An earlier attempt of ours, whose reply was lost, may have made the object.
  const found = reply.attempts > 1 ? await getObject(client, name, signal) : undefined;
  if (found !== undefined && found.generation !== ifGeneration && hasMetadata(found, metadata)) return found;
  throw changedError(call.doing);
}
