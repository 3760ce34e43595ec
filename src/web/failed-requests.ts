/** What a request that failed is answered with: never why, which only the log tells. */
import type { FastifyRequest } from 'fastify';
import type { Log } from '../ports/log.ts';

export interface RequestFailure {
  readonly status: number;
  /** A sentence for the reader. */
  readonly text: string;
}

/** Status and sentence for an error that a route or a hook has thrown. Failures of ours go to the log. */
export function requestFailure(error: unknown, request: FastifyRequest, log: Log): RequestFailure {
  const status = statusOf(error);
  if (status < 500) return { status, text: 'This request cannot be answered.' };
  log.error({ requestId: request.id, url: request.url, problem: String(error) }, 'a page failed');
  return { status, text: `This page failed; the log has it as request ${request.id}.` };
}

function statusOf(error: unknown): number {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  return typeof status === 'number' && status >= 400 && status <= 599 ? status : 500;
}
