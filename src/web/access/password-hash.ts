/**
 * Hashes of passwords for the configuration: `scrypt.15.8.3.SALT.HASH`, with the base-2 logarithm of the cost, block size and
 * parallelism (parameters of the OWASP password storage cheat sheet), salt and hash in base64url.
 */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const LOG_COST = 15;
const BLOCK_SIZE = 8;
const PARALLEL = 3;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** Above what scrypt needs with the largest parameters that are accepted: 128 × cost × block size. */
const MOST_MEMORY = 256 * 1024 * 1024;

export const SHORTEST_PASSWORD = 12;

export interface PasswordHash {
  readonly logCost: number;
  readonly blockSize: number;
  readonly parallel: number;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const parameters = { logCost: LOG_COST, blockSize: BLOCK_SIZE, parallel: PARALLEL, salt };
  const hash = await derive(password, parameters, HASH_BYTES);
  const parts = [LOG_COST, BLOCK_SIZE, PARALLEL, salt.toString('base64url'), hash.toString('base64url')];
  return ['scrypt', ...parts].join('.');
}

/** Undefined for any other text, and for parameters that are too weak or would take too much memory. */
export function readPasswordHash(text: string): PasswordHash | undefined {
  const match = /^scrypt\.(\d{2})\.(\d{1,2})\.(\d)\.([\w-]{22,86})\.([\w-]{43,86})$/.exec(text);
  if (match === null) return undefined;
  const [logCost = 0, blockSize = 0, parallel = 0] = match.slice(1, 4).map(Number);
  if (logCost < 14 || logCost > 17 || blockSize !== 8 || parallel < 1) return undefined;
  const [salt, hash] = match.slice(4).map((part) => Buffer.from(part, 'base64url'));
  if (salt === undefined || hash === undefined) return undefined;
  return { logCost, blockSize, parallel, salt, hash };
}

export async function isPassword(password: string, wanted: PasswordHash): Promise<boolean> {
  return timingSafeEqual(await derive(password, wanted, wanted.hash.length), wanted.hash);
}

const deriveKey = promisify<string, Buffer, number, object, Buffer>(scrypt);

function derive(
  password: string,
  { logCost, blockSize, parallel, salt }: Omit<PasswordHash, 'hash'>,
  bytes: number,
): Promise<Buffer> {
  const options = { N: 2 ** logCost, r: blockSize, p: parallel, maxmem: MOST_MEMORY };
  // Two ways to write the same letters are the same password.
  return deriveKey(password.normalize('NFC'), salt, bytes, options);
}
