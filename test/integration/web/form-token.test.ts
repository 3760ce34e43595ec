/** Forms and requests that change something, with and without a token (spec: reliability, section 5, row 4). */
import type { FastifyInstance } from 'fastify';
import { expect, it } from 'vitest';
import { formToken } from '../../../src/web/access/form-token.ts';
import { sendPage } from '../../../src/web/frame/send-page.ts';
import { html } from '../../../src/web/views/html.ts';
import { pagesApp } from '../../support/pages.ts';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

async function setup() {
  const done: string[] = [];
  const add = (app: FastifyInstance): void => {
    app.get('/form', { config: { access: 'operator' } }, async (_request, reply) =>
      sendPage(reply, { headline: 'Form', body: html`<form method="post">${formToken(reply)}</form>` }),
    );
    for (const url of ['/form', '/api/v1/form']) {
      app.post(url, { config: { access: 'operator' } }, async () => {
        done.push(url);
        return 'done';
      });
    }
  };
  return { ...(await pagesApp({ pages: [add] })), done };
}

it('a form of our page is done; its cookie is for this site alone', async () => {
  const { submit, get, done } = await setup();

  const { statusCode } = await submit('/form', '/form', { a: '1' });
  const [cookie] = (await get('/form')).cookies;

  expect([statusCode, done]).toEqual([200, ['/form']]);
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/' });
});

it('a form with a token of another process is refused', async () => {
  const { get, done } = await setup();
  const other = await setup();
  const form = await other.get('/form');
  const token = /name="_csrf" value="([^"]+)"/.exec(form.body)?.[1] ?? '';
  const cookie = form.cookies.map(({ name, value }) => `${name}=${encodeURIComponent(value)}`).join('; ');

  const reply = await get('/form', {
    method: 'POST',
    headers: { ...FORM, cookie },
    payload: new URLSearchParams({ _csrf: token }).toString(),
  });

  expect([reply.statusCode, done]).toEqual([403, []]);
  expect(reply.body).toContain('Reload the page and send it again.');
});

it.each([
  ['no token', '/form', FORM, 'a=1'],
  ['a made-up token', '/form', { ...FORM, cookie: 'contrail-form=x' }, '_csrf=x'],
  ['plain text', '/form', { 'content-type': 'text/plain' }, 'a=1'],
  ['JSON to a page', '/form', { 'content-type': 'application/json' }, '{}'],
  ['plain text to the API', '/api/v1/form', { 'content-type': 'text/plain' }, '{}'],
  ['a form to the API', '/api/v1/form', FORM, 'a=1'],
  [
    'JSON of a browser to the API',
    '/api/v1/form',
    { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
    '{}',
  ],
  [
    'JSON with an origin',
    '/api/v1/form',
    { 'content-type': 'application/json', origin: 'http://localhost:8080' },
    '{}',
  ],
] as const)('%s is refused', async (_, url, headers, payload) => {
  const { get, done } = await setup();

  const { statusCode } = await get(url, { method: 'POST', headers, payload });

  expect([statusCode, done]).toEqual([403, []]);
});

it('a program sends JSON without a token', async () => {
  const { get, done } = await setup();
  const headers = { 'content-type': 'application/json' };

  const { statusCode } = await get('/api/v1/form', { method: 'POST', headers, payload: '{}' });

  expect([statusCode, done]).toEqual([200, ['/api/v1/form']]);
});
