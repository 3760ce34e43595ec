/** The calls about one object that several others need: look at it, replace its metadata, remove it. */
import type { Generation, ObjectMetadata } from '../../ports/object-store.ts';
import { type ApiClient, parseReply } from './api-client.ts';
import { generationNumber, hasMetadata, metadataOf, OBJECT_FIELDS, ObjectResource } from './object-resource.ts';
import { changedError } from './service-errors.ts';

/** The object of that name, or undefined. Throws BUCKET_MISSING. */
export async function getObject(
  client: ApiClient,
  name: string,
  signal: AbortSignal,
): Promise<ObjectResource | undefined> {
  const call = {
    doing: `looking at gs://${client.bucket}/${name}`,
    permission: 'storage.objects.get',
    method: 'GET',
    path: client.objectPath(name),
    query: { fields: OBJECT_FIELDS },
    accept: [404],
    signal,
  } as const;
  const reply = await client.call(call);
  if (reply.status !== 404) return parseReply(ObjectResource, reply, call);
  await client.checkBucket(reply, call);
  return undefined;
}

export interface MetadataPatch {
  /** The object as it was last seen: it must still be that, its metadata included. */
  readonly object: ObjectResource;
  readonly metadata: ObjectMetadata;
  readonly isPatient?: boolean;
  readonly signal: AbortSignal;
}

/** Replaces all metadata of an object, and describes it with them. Throws OBJECT_CHANGED if its bytes or its metadata are no longer those. */
export async function patchMetadata(client: ApiClient, patch: MetadataPatch): Promise<ObjectResource> {
  const { object, metadata, isPatient = false, signal } = patch;
  const { name, generation, metageneration } = object;
  // A patch keeps the keys that it does not name.
  const removed = Object.keys(metadataOf(object)).map((key) => [key, null]);
  const call = {
    doing: `replacing the metadata of gs://${client.bucket}/${name}`,
    permission: 'storage.objects.update',
    method: 'PATCH',
    path: client.objectPath(name),
    query: { ifGenerationMatch: generation, ifMetagenerationMatch: metageneration, fields: 'metageneration' },
    json: { metadata: { ...Object.fromEntries(removed), ...metadata } },
    accept: [404, 412],
    isPatient,
    signal,
  } as const;
  const reply = await client.call(call);
  // All else is as it was: that is what the preconditions say.
  if (reply.status < 300) return { ...object, metadata };
  if (reply.status === 404) await client.checkBucket(reply, call);
  // The patch that moved the metadata on may have been our own, whose reply was lost.
  const now = reply.attempts > 1 ? await getObject(client, name, signal) : undefined;
  if (now?.generation === generation && hasMetadata(now, metadata)) return { ...object, metadata };
  throw changedError(call.doing);
}

export interface Removal {
  readonly name: string;
  /** Leaves an object of any other generation alone. */
  readonly ifGeneration?: Generation;
  readonly signal: AbortSignal;
}

/** Removes an object. One that is gone, or has become another, is none of our business. */
export async function deleteObject(client: ApiClient, { name, ifGeneration, signal }: Removal): Promise<void> {
  const call = {
    doing: `removing gs://${client.bucket}/${name}`,
    permission: 'storage.objects.delete',
    method: 'DELETE',
    path: client.objectPath(name),
    query: ifGeneration === undefined ? {} : { ifGenerationMatch: generationNumber(ifGeneration) },
    accept: [404, 412],
    signal,
  } as const;
  const reply = await client.call(call);
  if (reply.status === 404) await client.checkBucket(reply, call);
}
