/** `/healthz`: the process lives. `/readyz`: it can do its work. One word each, for machines. */
import type { FastifyInstance } from 'fastify';

export interface ReadinessCheck {
  /** Resolves when what the pages need can be reached, rejects otherwise. */
  readonly check: () => Promise<unknown>;
}

export function addHealthRoutes(app: FastifyInstance, { check }: ReadinessCheck): void {
  app.get('/healthz', async (_request, reply) => reply.type('text/plain').send('ok\n'));
  app.get('/readyz', async (_request, reply) => {
    const isReady = await check().then(
      () => true,
      () => false,
    );
    return reply
      .code(isReady ? 200 : 503)
      .type('text/plain')
      .send(isReady ? 'ready\n' : 'unready\n');
  });
}
