import { describe, expect, it } from 'vitest';
import { proxyEnvironment } from '../../../src/config/proxy-environment.ts';

describe('the proxy of the environment', () => {
  it.each([
    [{ HTTPS_PROXY: 'http://proxy.example.org:3128' }, 'http://proxy.example.org:3128/'],
    [{ https_proxy: 'https://proxy.example.org' }, 'https://proxy.example.org/'],
    [{ HTTPS_PROXY: 'proxy.example.org:3128' }, 'http://proxy.example.org:3128/'],
    [{ HTTPS_PROXY: 'http://upper:1', https_proxy: 'http://lower:1' }, 'http://upper:1/'],
  ])('of %j is %s', (environment, expected) => {
    expect(proxyEnvironment(environment).proxy?.url.href).toBe(expected);
  });

  it.each([[{}], [{ HTTPS_PROXY: '' }], [{ HTTP_PROXY: 'http://proxy.example.org:3128' }]])(
    'of %j is none',
    (environment) => {
      expect(proxyEnvironment(environment)).toEqual({});
    },
  );

  it.each([
    [{ NO_PROXY: 'localhost, .example.org,,*.test' }, ['localhost', '.example.org', '*.test']],
    [{ no_proxy: 'localhost example.org' }, ['localhost', 'example.org']],
    [{}, []],
  ])('leaves out what %j lists', (environment, expected) => {
    const { proxy } = proxyEnvironment({ HTTPS_PROXY: 'http://proxy:3128', ...environment });

    expect(proxy?.exceptFor).toEqual(expected);
  });

  it.each(['socks5://user:secret@proxy:1080', 'http://', 'http://user:secret@'])(
    'cannot be %s, which is not told again',
    (text) => {
      const read = () => proxyEnvironment({ HTTPS_PROXY: text });

      expect(read).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
      expect(read).not.toThrow(/secret/);
    },
  );
});
