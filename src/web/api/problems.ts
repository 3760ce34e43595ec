/** Errors of the API, as `application/problem+json` (RFC 9457). */
import type { FastifyReply } from 'fastify';

export interface Problem {
  readonly status: number;
  /** Stable, for programs: `parameter_invalid`. */
  readonly code: string;
  /** A sentence. */
  readonly title: string;
  /** The parameter or field at fault. */
  readonly field?: string;
  /** What to do. */
  readonly detail?: string;
}

/** Thrown by routes of the API. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.title);
    this.problem = problem;
  }

  get statusCode(): number {
    return this.problem.status;
  }
}

export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  return reply
    .code(problem.status)
    .type('application/problem+json; charset=utf-8')
    .send(JSON.stringify({ type: 'about:blank', ...problem, request_id: reply.request.id }));
}
