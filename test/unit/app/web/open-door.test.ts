import { describe, expect, it } from 'vitest';
import { openDoor } from '../../../../src/app/web/open-door.ts';
import { loadConfig } from '../../../../src/config/load-config.ts';

const HASH = `scrypt.15.8.3.${'s'.repeat(22)}.${'h'.repeat(43)}`;
const USERS = { CONTRAIL_WEB_USERS: `alice:operator:${HASH}` };
const ADDRESS = { CONTRAIL_WEB_ADDRESS: 'https://Contrail.example.org:8443/sub' };
const TOKEN = 'a-long-random-text-of-24-letters';
const door = (host: string, environment: Record<string, string>) => openDoor(loadConfig([], { environment }), host);

describe('the door of the pages', () => {
  it.each(['127.0.0.1', 'localhost', '::1'])('is open on %s where nothing is configured', (host) => {
    expect(door(host, {})).toBeUndefined();
  });

  it.each(['0.0.0.0', '::', '192.0.2.7', 'contrail.example.org'])('is never open on %s', (host) => {
    for (const environment of [{}, { CONTRAIL_WEB_USERS: '', CONTRAIL_WEB_READER_TOKEN: '' }, ADDRESS]) {
      expect(() => door(host, environment)).toThrow(
        expect.objectContaining({
          code: 'CONFIG_INVALID',
          message: expect.stringContaining(host),
          hint: expect.stringMatching(/CONTRAIL_WEB_USERS.*--host 127\.0\.0\.1/),
        }),
      );
    }
  });

  it('asks on a loopback address too once something is configured', () => {
    expect(door('127.0.0.1', USERS)).toMatchObject({ hosts: [], hasTls: false });
  });

  it.each([
    [USERS, ['contrail.example.org'], true],
    [{ ...USERS, CONTRAIL_WEB_HOSTS: 'A.example, b.example' }, ['a.example', 'b.example'], true],
    [{ CONTRAIL_WEB_READER_TOKEN: TOKEN, CONTRAIL_WEB_ADDRESS: 'http://[2001:db8::7]:8080' }, ['2001:db8::7'], false],
    [{ CONTRAIL_WEB_IDENTITY_HEADER: 'X-User', CONTRAIL_WEB_PROXIES: '10.8.0.0/16' }, ['contrail.example.org'], true],
  ])('of %j has the hosts %j', (environment, hosts, hasTls) => {
    expect(door('0.0.0.0', { ...ADDRESS, ...environment })).toMatchObject({ hosts, hasTls });
  });

  it.each<[RegExp, Record<string, string>]>([
    [/names that they are reached by.*CONTRAIL_WEB_ADDRESS/s, USERS],
    [/CONTRAIL_WEB_USERS.*not shown.*contrail web user/s, { CONTRAIL_WEB_USERS: 'alice:operator:hunter2hunter2' }],
    [/CONTRAIL_WEB_USERS.*not shown/s, { CONTRAIL_WEB_USERS: '   ' }],
    [/CONTRAIL_WEB_READER_TOKEN.*at least 24 characters/s, { CONTRAIL_WEB_READER_TOKEN: 'hunter2' }],
    [/CONTRAIL_WEB_OPERATOR_TOKEN.*at least 24 characters/s, { CONTRAIL_WEB_OPERATOR_TOKEN: ' '.repeat(30) }],
    [/are the same/, { CONTRAIL_WEB_READER_TOKEN: TOKEN, CONTRAIL_WEB_OPERATOR_TOKEN: TOKEN }],
    [/CONTRAIL_WEB_PROXIES` is not set.*everybody could send/s, { CONTRAIL_WEB_IDENTITY_HEADER: 'x-user' }],
    [/CONTRAIL_WEB_PROXIES` has an invalid/, { CONTRAIL_WEB_IDENTITY_HEADER: 'x-user', CONTRAIL_WEB_PROXIES: 'proxy' }],
    [/must not be authorization/, { CONTRAIL_WEB_IDENTITY_HEADER: 'Authorization', CONTRAIL_WEB_PROXIES: '10.0.0.1' }],
    [/CONTRAIL_WEB_IDENTITY_HEADER` has an invalid/, { CONTRAIL_WEB_IDENTITY_HEADER: 'x user' }],
    [/CONTRAIL_WEB_PROXIES` is set, but not/, { CONTRAIL_WEB_PROXIES: '10.0.0.1' }],
    [/CONTRAIL_WEB_OPERATORS` is set, but not/, { CONTRAIL_WEB_OPERATORS: 'alice' }],
  ])('is refused with %s', (wanted, environment) => {
    let text = '';
    try {
      door('0.0.0.0', environment);
    } catch (error) {
      text = error instanceof Error && 'sentence' in error ? String(error.sentence) : String(error);
    }
    expect(text).toMatch(wanted);
    expect(text).not.toContain('hunter2');
  });
});
