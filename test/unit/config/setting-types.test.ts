import { inspect } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  duration,
  hostOrUrl,
  oneOf,
  parsedUrl,
  place,
  publicAddress,
  secretText,
  secretUrl,
  positiveInteger,
  share,
} from '../../../src/config/setting-types.ts';

const parse = <T>(type: { safeParse(text: string): { data?: T | undefined } }, text: string) =>
  type.safeParse(text).data;

describe('a URL', () => {
  const url = parsedUrl(['https', 'file', 'duckdb']);

  it.each([
    ['file:./out', './out'],
    ['file:out', 'out'],
    ['file:/srv/out', '/srv/out'],
    ['file:///srv/out', '/srv/out'],
    ['file://localhost/srv/out', '/srv/out'],
    ['file://out', 'out'],
    ['duckdb:./a b.duckdb', './a b.duckdb'],
  ])('%s names the path %s', (text, path) => {
    expect(parse(url, text)).toEqual({ scheme: text.split(':')[0], text, path });
  });

  it('of a service stays as it was given', () => {
    expect(parse(url, 'https://example.org/x?y')).toMatchObject({ scheme: 'https', text: 'https://example.org/x?y' });
  });

  it.each(['', 'file:', 'file://', 'out', 'ftp://x', 'https:x', 'https://', 'file:a\0b', ' file:x', 'HTTPS://x'])(
    '%j is refused',
    (text) => {
      expect(url.safeParse(text).error?.issues[0]?.message).toBe('a URL that begins with https: or file: or duckdb:');
    },
  );
});

describe('a time span', () => {
  it.each([
    ['500ms', 500],
    ['20s', 20_000],
    ['5m', 300_000],
    ['6h', 21_600_000],
    ['7d', 604_800_000],
  ])('%s is %i ms', (text, ms) => {
    expect(parse(duration('30d'), text)).toBe(ms);
  });

  it.each(['', '0s', '5', 's', '-5s', '1.5s', '5 s', '5S', '5s ', '5w'])('%j is refused', (text) => {
    expect(parse(duration('30d'), text)).toBeUndefined();
  });
});

describe('the limit of a time span', () => {
  it('is the longest that makes sense, and is named', () => {
    expect(parse(duration('1d'), '24h')).toBe(86_400_000);
    expect(duration('1d').safeParse('25h').error?.issues[0]?.message).toMatch(/at most 1d$/);
  });

  it.each(['NaN', 'Infinity', '999999999d', '-1s', '0', '1e3s'])('%j is beyond it or no time span', (text) => {
    expect(parse(duration('365d'), text)).toBeUndefined();
  });
});

describe('what may hold a secret', () => {
  it('is a place whose address shows neither user, password nor query', () => {
    const found = parse(place(), 'https://me:s3cret@example.org/hub?token=s3cret#s3cret');

    expect(inspect(found, { depth: 9 }) + JSON.stringify(found)).not.toContain('s3cret');
    expect(found).toMatchObject({ scheme: 'https', address: { text: 'https://example.org/hub' } });
    expect(parse(place(), 'file:./x')).toEqual({ scheme: 'file', path: './x' });
  });

  it.each([
    [secretUrl(['redis']), 'redis://me:s3cret@host'],
    [secretText(4), 's3cret'],
  ])('is a secret that only reveals itself when asked', (type, text) => {
    const found = parse(type, text);

    expect(`${inspect(found)} ${JSON.stringify(found)} ${String(found)}`).not.toContain('s3cret');
    expect(found?.reveal()).toBe(text);
  });

  it.each(['http://me:s3cret@127.0.0.1:9050', 'me@127.0.0.1:9050', 'http://127.0.0.1:9050?token=x'])(
    '%s is refused where no secret belongs',
    (text) => {
      expect(parse(hostOrUrl(), text)).toBeUndefined();
      expect(parse(publicAddress(), text)).toBeUndefined();
    },
  );
});

describe('a choice', () => {
  it('is one of its words, and names them all otherwise', () => {
    const type = oneOf(['debug', 'info', 'warn']);

    expect(parse(type, 'info')).toBe('info');
    expect(type.safeParse('toString').error?.issues[0]?.message).toBe('debug, info or warn');
  });
});

describe('a whole number', () => {
  it('is from 1 to the largest', () => {
    const type = positiveInteger(1000);

    expect(['1', '007', '1000'].map((text) => parse(type, text))).toEqual([1, 7, 1000]);
    expect(['0', '1001', '-1', '1.5', '', '1e2', ' 1'].map((text) => parse(type, text))).toEqual(
      Array(7).fill(undefined),
    );
  });

  it('is itself, if it is in range', () => {
    fc.assert(
      fc.property(fc.integer({ min: -10, max: 2000 }), (value) => {
        expect(parse(positiveInteger(1000), String(value))).toBe(value >= 1 && value <= 1000 ? value : undefined);
      }),
    );
  });
});

describe('a share', () => {
  it('is from 0 to 1', () => {
    expect(['0', '0.1', '1', '1.0'].map((text) => parse(share(), text))).toEqual([0, 0.1, 1, 1]);
    expect(['1.01', '-0.1', '.5', '10%', '', '2'].map((text) => parse(share(), text))).toEqual(
      Array(6).fill(undefined),
    );
  });
});
