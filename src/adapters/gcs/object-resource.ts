/** Objects in the JSON API, and as the port describes them. */
import { z } from 'zod';
import type { ObjectMetadata, StoredObject } from '../../ports/object-store.ts';
import { ABSENT, type Generation } from '../../ports/object-store.ts';

export const ObjectResource = z.object({
  name: z.string(),
  generation: z.string(),
  metageneration: z.string(),
  size: z.string(),
  /** When this generation was made; `updated` changes with the metadata. */
  timeCreated: z.iso.datetime({ offset: true }),
  /** Missing only until the service has computed it. */
  crc32c: z.string().optional(),
  metadata: z.record(z.string(), z.string()).optional(),
  contentType: z.string().optional(),
  contentEncoding: z.string().optional(),
});
export type ObjectResource = z.infer<typeof ObjectResource>;

/** The requested fields of an object. */
export const OBJECT_FIELDS = Object.keys(ObjectResource.shape).join(',');

export const ObjectPage = z.object({
  items: z.array(ObjectResource).default([]),
  nextPageToken: z.string().optional(),
});

/** An object as the port describes it. */
export function storedObject(resource: ObjectResource): StoredObject {
  return {
    name: resource.name,
    generation: resource.generation,
    bytes: Number(resource.size),
    changedAt: Date.parse(resource.timeCreated),
    metadata: metadataOf(resource),
    ...(resource.contentType === undefined ? {} : { contentType: resource.contentType }),
    // An emulator says that there is none with an empty text.
    ...(resource.contentEncoding ? { contentEncoding: resource.contentEncoding } : {}),
  };
}

/** The metadata of an object. An emulator keeps removed keys with an empty value, which we never write. */
export function metadataOf({ metadata = {} }: ObjectResource): ObjectMetadata {
  return Object.fromEntries(Object.entries(metadata).filter(([, value]) => value !== ''));
}

/** Whether an object has exactly that metadata. */
export function hasMetadata(resource: ObjectResource, metadata: ObjectMetadata): boolean {
  const found = metadataOf(resource);
  const keys = Object.keys(metadata);
  return keys.length === Object.keys(found).length && keys.every((key) => found[key] === metadata[key]);
}

/** A generation as a precondition; 0 means no object. */
export function generationNumber(generation: Generation): string {
  return generation === ABSENT ? '0' : generation;
}
