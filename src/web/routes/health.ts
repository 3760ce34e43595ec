/** `/healthz`: the process is alive. `/readyz`: it can work, or why it cannot. */
import type { FastifyInstance } from 'fastify';
import { isLoopbackAddress } from '../request-guard.ts';

export interface Readiness {
  /** Why it cannot work, a sentence each; none if it can. */
  problems(): Promise<readonly string[]>;
}

export function addHealthRoutes(app: FastifyInstance, readiness: Readiness): void {
  app.get('/healthz', async (_request, reply) => reply.type('text/plain; charset=utf-8').send('ok\n'));
  app.get('/readyz', async (request, reply) => {
    const found = await readiness.problems();
    // Names of buckets and addresses of servers are for this machine only; others get one word.
    const told = isLocal(request.ip) ? found : [];
    return reply
      .code(found.length === 0 ? 200 : 503)
      .type('text/plain; charset=utf-8')
      .send(`${[found.length === 0 ? 'ready' : 'unready', ...told].join('\n')}\n`);
  });
}

function isLocal(address: string): boolean {
  return isLoopbackAddress(address.replace(/^::ffff:/, ''));
}
