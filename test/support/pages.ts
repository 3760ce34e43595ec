/** The pages of one room on adapters in memory: no Redis, no board. */
import type { FastifyInstance, InjectOptions } from 'fastify';
import { onTestFinished } from 'vitest';
import { MemoryObjectStore } from '../../src/adapters/memory/object-store.ts';
import type { ObjectStore } from '../../src/ports/object-store.ts';
import { type AddRoutes, buildApp, type Door } from '../../src/web/app.ts';
import { QUIET_OBSERVATION } from './observation.ts';
import { recordedLog } from './recorded-log.ts';

export const PAGES_NOW = Date.parse('2026-01-15T12:00:00Z');

export interface PagesOptions {
  /** The pages under test. */
  readonly pages?: readonly AddRoutes[];
  /** Milliseconds since 1970; default: `PAGES_NOW`. */
  readonly now?: number;
  readonly store?: ObjectStore;
  readonly openAlerts?: number;
  readonly door?: Door;
}

/** The application with these pages. It is closed with the test. */
export async function pagesApp(options: PagesOptions = {}) {
  const { pages = [], now = PAGES_NOW, openAlerts, door } = options;
  const clock = { now: () => now };
  const log = recordedLog();
  const store = options.store ?? new MemoryObjectStore({ clock });
  const app: FastifyInstance = await buildApp({
    clock,
    pages,
    openAlerts: () => openAlerts,
    store,
    mountBoard: async () => async () => undefined,
    observation: QUIET_OBSERVATION,
    log,
    ...(door === undefined ? {} : { door }),
  });
  onTestFinished(() => app.close());
  const get = (url: string, options: InjectOptions = {}) =>
    app.inject({ url, ...options, headers: { host: 'localhost:8080', ...options.headers } });
  return {
    app,
    store,
    log,
    get,
    /** Sends the form on a page, as a browser does: with the page's cookie and token. */
    submit: async (page: string, url: string, fields: Readonly<Record<string, string>>) => {
      const form = await get(page);
      const token = /name="_csrf" value="([^"]+)"/.exec(form.body)?.[1] ?? '';
      return get(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          cookie: form.cookies.map(({ name, value }) => `${name}=${encodeURIComponent(value)}`).join('; '),
        },
        payload: new URLSearchParams({ ...fields, _csrf: token }).toString(),
      });
    },
  };
}
