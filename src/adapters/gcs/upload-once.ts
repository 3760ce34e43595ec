/** Uploads a small object in one request: metadata, checksum, precondition and bytes. */
import type { ObjectMetadata } from '../../ports/object-store.ts';
import type { Random } from '../../ports/random.ts';
import { type ApiClient, parseReply } from './api-client.ts';
import { getObject } from './object-calls.ts';
import { generationNumber, hasMetadata, OBJECT_FIELDS, ObjectResource } from './object-resource.ts';
import { changedError } from './service-errors.ts';
import type { NewObject } from './upload-session.ts';

export interface SmallObject extends NewObject {
  readonly bytes: Uint8Array;
  readonly crc32c: string;
  readonly metadata: ObjectMetadata;
  readonly random: Random;
}

/** Publishes an object. Throws OBJECT_CHANGED if it does not have the expected generation. */
export async function uploadOnce(client: ApiClient, object: SmallObject): Promise<ObjectResource> {
  const { name, contentType, contentEncoding, ifGeneration, bytes, crc32c, metadata, random, signal } = object;
  const boundary = `contrail-${random.uuid()}`;
  const resource = {
    name,
    contentType,
    metadata,
    crc32c,
    ...(contentEncoding === undefined ? {} : { contentEncoding }),
  };
  const call = {
    doing: `publishing gs://${client.bucket}/${name}`,
    permission: 'storage.objects.create',
    method: 'POST',
    path: client.uploadPath,
    query: {
      uploadType: 'multipart',
      ifGenerationMatch: generationNumber(ifGeneration),
      fields: OBJECT_FIELDS,
    },
    headers: { 'content-type': `multipart/related; boundary=${boundary}` },
    body: [
      Buffer.from(`--${boundary}\r\ncontent-type: application/json; charset=utf-8\r\n\r\n${JSON.stringify(resource)}`),
      Buffer.from(`\r\n--${boundary}\r\ncontent-type: ${contentType}\r\n\r\n`),
      bytes,
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ],
    accept: [412],
    signal,
  } as const;
  const reply = await client.call(call);
  if (reply.status !== 412) return parseReply(ObjectResource, reply, call);
  // The object may be our own, from an attempt whose reply was lost.
  const found = reply.attempts > 1 ? await getObject(client, name, signal) : undefined;
  const isOurs =
    found !== undefined &&
    found.generation !== ifGeneration &&
    found.crc32c === crc32c &&
    Number(found.size) === bytes.length &&
    hasMetadata(found, metadata);
  if (!isOurs) throw changedError(call.doing);
  return found;
}
