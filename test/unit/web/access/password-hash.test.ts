import { describe, expect, it } from 'vitest';
import { hashPassword, isPassword, readPasswordHash } from '../../../../src/web/access/password-hash.ts';

const SALT = 'c2FsdHNhbHRzYWx0c2FsdA';
const HASH = 'A'.repeat(43);

describe('the hash of a password', () => {
  it('takes that password, and no other', async () => {
    const hash = readPasswordHash(await hashPassword('correct horse battery'));

    expect(hash).toBeDefined();
    if (hash === undefined) return;
    expect(await isPassword('correct horse battery', hash)).toBe(true);
    expect(await isPassword('correct horse batterz', hash)).toBe(false);
    expect(await isPassword('', hash)).toBe(false);
  });

  it('takes the same letters written another way', async () => {
    const hash = readPasswordHash(await hashPassword('cafe\u0301 au lait, please'));

    expect(hash !== undefined && (await isPassword('caf\u00e9 au lait, please', hash))).toBe(true);
  });

  it('is another one each time', async () => {
    expect(await hashPassword('correct horse battery')).not.toBe(await hashPassword('correct horse battery'));
  });

  it.each([
    'correct horse battery',
    '',
    `scrypt.15.8.3.${SALT}`,
    `scrypt.13.8.3.${SALT}.${HASH}`,
    `scrypt.30.8.3.${SALT}.${HASH}`,
    `scrypt.15.99.3.${SALT}.${HASH}`,
    `scrypt.15.8.0.${SALT}.${HASH}`,
    `scrypt.15.8.3.short.${HASH}`,
    `scrypt.15.8.3.${SALT}.short`,
    `argon2.15.8.3.${SALT}.${HASH}`,
    `scrypt.15.8.3.${SALT}.${HASH}.more`,
    `scrypt.15.8.3.${SALT}.${HASH}\n`,
  ])('is not %j', (text) => {
    expect(readPasswordHash(text)).toBeUndefined();
  });

  it('may have been made with other parameters that are as strong', () => {
    expect(readPasswordHash(`scrypt.17.8.1.${SALT}.${HASH}`)).toMatchObject({ logCost: 17, blockSize: 8, parallel: 1 });
  });
});
