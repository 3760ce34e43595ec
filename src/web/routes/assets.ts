/** The assets of our pages, from the project's folder `assets`. */
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { readersLook } from '../access/guard-access.ts';
import { ASSETS_FOLDER, type PageAssets } from '../frame/assets.ts';

/** Browsers request `/favicon.ico` by themselves; we send the SVG icon. */
export async function addAssetRoutes(app: FastifyInstance, { style, script }: PageAssets): Promise<void> {
  // In its own scope, because Bull Board registers the same plugin.
  await app.register(async (scope) => {
    readersLook(scope);
    for (const { path, type, bytes } of [style, script]) {
      scope.get(path, async (_request, reply) =>
        reply.header('cache-control', 'private, max-age=31536000, immutable').type(type).send(bytes),
      );
    }
    await scope.register(fastifyStatic, { root: ASSETS_FOLDER, prefix: '/assets/', maxAge: '5m', index: false });
    scope.get('/favicon.ico', async (_request, reply) => reply.sendFile('icon.svg', { maxAge: '1d' }));
  });
}
