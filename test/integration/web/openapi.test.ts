/** The description of the API, with all pages. */
import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, it } from 'vitest';
import { API_PREFIX } from '../../../src/web/api/api-route.ts';
import { webApp } from '../../support/web-app.ts';

const HEADERS = { host: 'localhost' };

it('is a valid description, and has every route of the API', async () => {
  const { app } = await webApp();
  const reply = await app.inject({ url: `${API_PREFIX}/openapi.json`, headers: HEADERS });
  const described = reply.json<{ paths: Readonly<Record<string, object>> }>();

  const { valid, errors } = await new Validator().validate(described);

  expect([valid, errors]).toEqual([true, undefined]);
  const routes = app.routeTable.filter(({ url }) => url.startsWith(`${API_PREFIX}/`) && !url.endsWith('openapi.json'));
  const wanted = routes.flatMap(({ method, url }) =>
    [method]
      .flat()
      .filter((name) => name !== 'HEAD' && name !== 'OPTIONS')
      .map((name) => `${name.toLowerCase()} ${url.replaceAll(/:(\w+)/g, '{$1}')}`),
  );
  const found = Object.entries(described.paths).flatMap(([path, item]) =>
    Object.keys(item).map((name) => `${name} ${path}`),
  );
  expect(found.toSorted()).toEqual(wanted.toSorted());
  expect(found.length).toBeGreaterThan(10);
});
