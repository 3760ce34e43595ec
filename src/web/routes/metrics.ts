/** `/metrics`, in the text format of Prometheus. */
import type { FastifyInstance } from 'fastify';
import { READER } from '../access/guard-access.ts';

export interface MetricsText {
  readonly contentType: string;
  metricsText(): Promise<string>;
}

export function addMetricsRoute(app: FastifyInstance, metrics: MetricsText): void {
  app.get('/metrics', { config: READER }, async (_request, reply) =>
    reply.type(metrics.contentType).send(await metrics.metricsText()),
  );
}
