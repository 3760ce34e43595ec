/**
 * Seals what workers leave in the queue for each other: parts of divided work, and what the whole needs to join them.
 * Names and tables in there are used as they are, so nobody else may have made them up.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Redis } from 'ioredis';

/** Joins content to the job that it is for. */
export function sealOf(secret: string, job: string, content: unknown): string {
  return digest(secret, job, content).toString('base64url');
}

export function isSealed(secret: string, job: string, content: unknown, seal: string | undefined): boolean {
  if (seal === undefined) return false;
  const given = Buffer.from(seal, 'base64url');
  const wanted = digest(secret, job, content);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

/**
 * The secret that all workers under a prefix share. It lies in Redis, where the board does not show it, and is made
 * anew when Redis has lost it; so it is asked for each time.
 */
export async function sharedSecret(redis: Redis, prefix: string): Promise<string> {
  const key = `${prefix}:seal-secret`;
  const known = await redis.get(key);
  if (known !== null) return known;
  await redis.set(key, randomBytes(32).toString('base64url'), 'NX');
  return (await redis.get(key)) ?? '';
}

function digest(secret: string, job: string, content: unknown): Buffer {
  return createHmac('sha256', secret)
    .update(`${job}\n${JSON.stringify(content) ?? 'null'}`)
    .digest();
}
