/** Replies to failed requests. They never show the reason; the log does. */
import type { FastifyRequest } from 'fastify';
import type { Log } from '../ports/log.ts';

export interface RequestFailure {
  readonly status: number;
  /** A sentence for the reader. */
  readonly text: string;
}

/** Status and sentence for an error of a route or hook. Our own failures are logged. */
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
