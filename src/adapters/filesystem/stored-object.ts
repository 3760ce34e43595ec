/** Objects as the store describes them. */
import type { BigIntStats } from 'node:fs';
import { ContrailError } from '../../domain/errors.ts';
import { ABSENT, type Generation, type ObjectMetadata, type StoredObject } from '../../ports/object-store.ts';
import { generationOf } from './generation.ts';

/** An object as the store describes it. */
export function storedObject(name: string, stats: BigIntStats, metadata: ObjectMetadata): StoredObject {
  return {
    name,
    generation: generationOf(stats),
    bytes: Number(stats.size),
    changedAt: Number(stats.mtimeNs / 1_000_000n),
    metadata,
  };
}

/** Throws OBJECT_CHANGED when an object is not of the generation that was asked for. */
export function checkGeneration(name: string, wanted: Generation, stats: BigIntStats | undefined): void {
  const found = stats === undefined ? ABSENT : generationOf(stats);
  if (found === wanted) return;
  throw changedError(name, wanted, found);
}

/** OBJECT_CHANGED: another generation is there than was expected. */
export function changedError(name: string, wanted: Generation, found: Generation): ContrailError {
  return new ContrailError('OBJECT_CHANGED', `The object ${name} was changed while it was being published.`, {
    subject: name,
    hint: `Generation ${wanted} was expected; ${found} is there.`,
  });
}
