/** `/experiments/:slug/export`: asks first, then exports again. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import { ANALYSIS_PERIODS } from '../../../domain/analysis-period.ts';
import { ContrailError } from '../../../domain/errors.ts';
import type { Log } from '../../../ports/log.ts';
import { formToken } from '../../access/form-token.ts';
import { sendPage } from '../../frame/send-page.ts';
import { addressOf, readParameters } from '../../parameters.ts';
import { html } from '../../views/html.ts';
import type { ExportAgain, ExportPreview } from './export-again.ts';
import { exportBody, exportTitle, LONGEST_REASON } from './export-view.ts';
import { experimentPath } from './links.ts';
import { sendUnknown } from './routes.ts';
import type { ExperimentSource } from './source.ts';

export interface ExportRoutes {
  readonly source: Pick<ExperimentSource, 'find'>;
  readonly exports: ExportAgain;
  readonly log: Log;
}

const OPERATOR = { access: 'operator' } as const;
const FILES = [...ANALYSIS_PERIODS, 'errors', 'metadata'] as const;
const Query = z.object({ file: z.enum(FILES).optional() });
/** `_csrf` was checked before. */
const Form = z.object({
  digest: z.string().max(64),
  reason: z.string().trim().max(LONGEST_REASON),
  file: z
    .union([z.enum(FILES), z.array(z.enum(FILES))])
    .optional()
    .transform((files) => (files === undefined ? [] : [files].flat())),
});

interface ExportRoute {
  Params: { slug: string };
}

export function addExportRoutes(app: FastifyInstance, { source, exports, log }: ExportRoutes): void {
  app.get<ExportRoute>('/experiments/:slug/export', { config: OPERATOR }, async (request, reply) => {
    const { file } = readParameters(Query, request.query);
    const slug = await knownSlug(source, request.params.slug, request.signal);
    if (typeof slug !== 'string') return sendUnknown(reply, request.params.slug, slug);
    const files = file === undefined ? [] : [file];
    const preview = await previewed(exports.preview({ slug, files }, request.signal));
    if (typeof preview === 'string') return sendRefusal(reply, slug, preview);
    return sendQuestion(reply, { slug, files, preview });
  });

  app.post<ExportRoute>('/experiments/:slug/export', { config: OPERATOR }, async (request, reply) => {
    // The signal of a request with a body aborts once the body has been read, and an order is not left half done.
    const { signal } = new AbortController();
    const form = Form.safeParse(request.body);
    const slug = await knownSlug(source, request.params.slug, signal);
    if (typeof slug !== 'string') return sendUnknown(reply, request.params.slug, slug);
    if (!form.success) return sendRefusal(reply.code(400), slug, 'The form is not complete.');
    const { digest, reason, file: files } = form.data;
    if (reason === '') {
      const preview = await previewed(exports.preview({ slug, files }, signal));
      if (typeof preview === 'string') return sendRefusal(reply, slug, preview);
      return sendQuestion(reply.code(400), { slug, files, preview, problem: 'Say why, for the audit log.' });
    }
    const by = request.visitor?.name ?? 'nobody';
    const outcome = await previewed(exports.start({ slug, files, digest, reason, by }, signal));
    if (typeof outcome === 'string') return sendRefusal(reply, slug, outcome);
    if (outcome.kind === 'changed') {
      const problem = 'The files have changed since the question was asked. Nothing was enqueued; look again.';
      return sendQuestion(reply.code(409), { slug, files, preview: outcome.preview, problem });
    }
    const { backfill, enqueued } = outcome;
    log.info({ audit: true, who: by, slug, files: enqueued, reason, backfill }, 'an export was started');
    return reply.redirect(addressOf(experimentPath(slug), { exported: backfill ?? 'none' }, 'files'), 303);
  });
}

async function knownSlug(source: Pick<ExperimentSource, 'find'>, slug: string, signal: AbortSignal) {
  const found = await source.find(slug, signal);
  switch (found.kind) {
    case 'listed':
      return found.experiment.slug;
    case 'unlisted':
    case 'alias':
      return found.slug;
    case 'unknown':
      return found;
  }
}

/** The answer, or why there is none: what people can act on. */
async function previewed<Answer>(answer: Promise<Answer>): Promise<Answer | string> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ContrailError && error.code !== 'INTERNAL') return error.sentence;
    throw error;
  }
}

function sendRefusal(reply: FastifyReply, slug: string, reason: string): FastifyReply {
  const body = html`<p class="notice error" role="alert">${reason}</p>
    <p><a href="${experimentPath(slug)}">Back to the experiment</a></p>`;
  const status = reply.statusCode === 200 ? 502 : reply.statusCode;
  return sendPage(reply.code(status), { headline: 'Nothing was enqueued', body });
}

interface Question {
  readonly slug: string;
  readonly files: readonly string[];
  readonly preview: ExportPreview;
  readonly problem?: string;
}

function sendQuestion(reply: FastifyReply, question: Question): FastifyReply {
  const body = exportBody({ ...question, token: formToken(reply) });
  return sendPage(reply, { headline: exportTitle(question), title: 'Export again', body });
}
