/** `/healthz`: the process is alive. `/readyz`: it can work, or why it cannot. */
import type { FastifyInstance } from 'fastify';
import { PUBLIC } from '../access/guard-access.ts';
import { plainAddress } from '../access/proxies.ts';
import { isLoopbackAddress } from '../request-guard.ts';

export interface Readiness {
  /** Why it cannot work, a sentence each; none if it can. */
  problems(): Promise<readonly string[]>;
}

export interface HealthOptions {
  /** Whether clients on this machine are told why; not where a proxy of strangers may run on it. */
  readonly isTold: boolean;
}

export function addHealthRoutes(app: FastifyInstance, readiness: Readiness, { isTold }: HealthOptions): void {
  app.get('/healthz', { config: PUBLIC }, async (_request, reply) =>
    reply.type('text/plain; charset=utf-8').send('ok\n'),
  );
  app.get('/readyz', { config: PUBLIC }, async (request, reply) => {
    const found = await readiness.problems();
    // Names of buckets and addresses of servers are for this machine only; others get one word.
    const told = isTold && isLocal(request.ip) ? found : [];
    return reply
      .code(found.length === 0 ? 200 : 503)
      .type('text/plain; charset=utf-8')
      .send(`${[found.length === 0 ? 'ready' : 'unready', ...told].join('\n')}\n`);
  });
}

function isLocal(address: string): boolean {
  return isLoopbackAddress(plainAddress(address));
}
