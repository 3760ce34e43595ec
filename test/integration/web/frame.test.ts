/** What all pages send besides their content. */
import { expect, it } from 'vitest';
import { pagesApp } from '../../support/pages.ts';

it('sends pages with a policy for trusted types, no devices, and no frame of other sites', async () => {
  const { get } = await pagesApp();

  const { headers } = await get('/objects/');

  expect(headers['content-security-policy']).toContain("require-trusted-types-for 'script'");
  expect(headers['permissions-policy']).toContain('camera=()');
  expect(headers).toMatchObject({
    'cache-control': 'private, no-cache',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  });
});

it('sends a page that has not changed only once, and compressed if that is asked for', async () => {
  const { get } = await pagesApp();
  const { headers } = await get('/objects/');

  const again = await get('/objects/', { headers: { 'if-none-match': String(headers.etag) } });
  const packed = await get('/objects/', { headers: { 'accept-encoding': 'gzip' } });

  expect([again.statusCode, again.body]).toEqual([304, '']);
  expect(packed.headers['content-encoding']).toBe('gzip');
});

it('sends style sheet and script under names that change with them, to be kept for good', async () => {
  const { get } = await pagesApp();
  const { body } = await get('/objects/');
  const paths = [...body.matchAll(/"(\/assets\/contrail-[0-9a-f]{12}\.(?:css|js))"/g)].map(([, path = '']) => path);

  const replies = await Promise.all(paths.map((path) => get(path)));

  expect(replies.map(({ statusCode }) => statusCode)).toEqual([200, 200]);
  expect(replies.map(({ headers }) => headers['cache-control'])).toEqual(
    Array.from({ length: 2 }, () => 'private, max-age=31536000, immutable'),
  );
});
