/** `/healthz`: the process is alive. `/readyz`: it can work. One word each. */
import type { FastifyInstance } from 'fastify';

export interface ReadinessCheck {
  /** Resolves if everything that the pages need can be reached. */
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
