import { ABSENT, type ObjectMetadata, type ObjectStore, type StoredObject } from '../../src/ports/object-store.ts';

/** Puts a text in place of an object, as another system would. */
export async function publishText(
  store: ObjectStore,
  name: string,
  text: string,
  metadata: ObjectMetadata = {},
): Promise<StoredObject> {
  const { signal } = new AbortController();
  const ifGeneration = (await store.head(name, signal))?.generation ?? ABSENT;
  const writer = await store.write({ name, contentType: 'application/json', ifGeneration, signal });
  await writer.write(Buffer.from(text));
  return writer.commit(metadata);
}
