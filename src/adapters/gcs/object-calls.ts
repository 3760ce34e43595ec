/** Calls about one object: look at it, replace its metadata, remove it. */
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
  /** The object as last seen, including its metadata; it must not have changed. */
  readonly object: ObjectResource;
  readonly metadata: ObjectMetadata;
  readonly isPatient?: boolean;
  readonly signal: AbortSignal;
}

/** Replaces all metadata of an object and describes it. Throws OBJECT_CHANGED if its bytes or metadata have changed. */
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
  // The preconditions guarantee that everything else is unchanged.
  if (reply.status < 300) return { ...object, metadata };
  if (reply.status === 404) await client.checkBucket(reply, call);
  // An earlier patch of ours, whose reply was lost, may have changed the metadata.
  const now = reply.attempts > 1 ? await getObject(client, name, signal) : undefined;
  if (now?.generation === generation && hasMetadata(now, metadata)) return { ...object, metadata };
  throw changedError(call.doing);
}

export interface Removal {
  readonly name: string;
  /** Only if it has this generation. */
  readonly ifGeneration?: Generation;
  readonly signal: AbortSignal;
}

/** Removes an object. Does nothing if it is gone or was replaced. */
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
