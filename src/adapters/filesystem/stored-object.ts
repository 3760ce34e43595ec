import type { BigIntStats } from 'node:fs';
import { ContrailError } from '../../domain/errors.ts';
import { ABSENT, type Generation, type ObjectMetadata, type StoredObject } from '../../ports/object-store.ts';
import { generationOf } from './generation.ts';

/** Describes an object for the port. */
export function storedObject(name: string, stats: BigIntStats, metadata: ObjectMetadata): StoredObject {
  return {
    name,
    generation: generationOf(stats),
    bytes: Number(stats.size),
    changedAt: Number(stats.mtimeNs / 1_000_000n),
    metadata,
  };
}

/** Throws OBJECT_CHANGED if an object does not have the expected generation. */
export function checkGeneration(name: string, wanted: Generation, stats: BigIntStats | undefined): void {
  const found = stats === undefined ? ABSENT : generationOf(stats);
  if (found === wanted) return;
  throw changedError(name, wanted, found);
}

export function changedError(name: string, wanted: Generation, found: Generation): ContrailError {
  return new ContrailError('OBJECT_CHANGED', `The object ${name} was changed while it was being published.`, {
    subject: name,
    hint: `Expected generation ${wanted}, found ${found}.`,
  });
}
