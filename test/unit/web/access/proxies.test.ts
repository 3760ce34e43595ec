import { describe, expect, it } from 'vitest';
import { plainAddress, readProxies } from '../../../../src/web/access/proxies.ts';

describe('proxies', () => {
  const isProxy = readProxies(['10.8.0.0/16', '192.0.2.7', 'fd00::/8', '2001:db8::1']);

  it.each(['10.8.0.1', '10.8.255.255', '192.0.2.7', '::ffff:192.0.2.7', '::FFFF:10.8.3.4', 'fd12::1', '2001:db8::1'])(
    'are those at %s',
    (address) => {
      expect(isProxy?.(address)).toBe(true);
    },
  );

  it.each(['10.9.0.1', '192.0.2.8', '127.0.0.1', '::1', 'fe80::1', '', 'localhost', '192.0.2.7, 10.9.0.1'])(
    'are not those at %j',
    (address) => {
      expect(isProxy?.(address)).toBe(false);
    },
  );

  it.each(['proxy', '10.8.0.0/33', '10.8.0.0/0', '10.8.0.0/', '10.8.0.0/x', '10.8.0/16', '::/129', '10.8.0.0/8/8', ''])(
    'cannot be %j',
    (network) => {
      expect(readProxies([network])).toBeUndefined();
    },
  );

  it('have plain addresses', () => {
    expect(plainAddress('::ffff:127.0.0.1')).toBe('127.0.0.1');
    expect(plainAddress('::1')).toBe('::1');
  });
});
