/** The signal of a request with a body. Fastify's own one is aborted as soon as such a body has been read. */
import type { FastifyReply } from 'fastify';

/** Aborted when the client goes away, or the reply has ended. */
export function clientSignal({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  raw.once('close', () => gone.abort());
  return gone.signal;
}
