/**
 * Seals parts of divided jobs and the notes about them (ADR 13). Workers use the names and tables in them unchecked, so nobody
 * else may have made them.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Redis } from 'ioredis';

/** Binds content to its job. */
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
