/** The routes of `/enrollments`. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import { enrollmentTrend } from '../../../alerts/enrollment-trend.ts';
import { ENROLLMENT_RULES } from '../../../alerts/rules.ts';
import { READER } from '../../access/guard-access.ts';
import { sendPage } from '../../frame/send-page.ts';
import { readParameters, SearchText } from '../../parameters.ts';
import { html } from '../../views/html.ts';
import { experimentPage } from './experiment-view.ts';
import { type EnrollmentsFilter, enrollmentsPage } from './list-view.ts';
import { EXPERIMENT_STATES, type EnrollmentsModel, enrollmentsModel, type ExperimentEnrollment } from './model.ts';
import type { EnrollmentsSource } from './source.ts';

const RULES = ENROLLMENT_RULES.map(({ id }) => id);
export const ENROLLMENT_FILTERS = {
  app: z.string().max(100, 'an application such as fenix').optional(),
  rule: z.enum(RULES).optional(),
  state: z.enum(EXPERIMENT_STATES).optional(),
  q: SearchText,
};
const Slug = z.object({ slug: z.string() });

export function addEnrollmentRoutes(app: FastifyInstance, source: EnrollmentsSource): void {
  app.get('/enrollments', { config: READER }, async (request, reply) => {
    const filter = readParameters(z.object(ENROLLMENT_FILTERS), request.query);
    const part = await source.read(request.signal);
    if (part.kind === 'unread') return sendUnread(reply, part.problem);
    const model = enrollmentsModel(part.value);
    const shown = filtered(model, filter);
    const { now } = part.value.inputs;
    return sendPage(reply, enrollmentsPage({ model, shown, filter, rules: RULES, trouble: part.trouble, now }));
  });
  app.get('/enrollments/:slug', { config: READER }, async (request, reply) => {
    const { slug } = Slug.parse(request.params);
    const part = await source.read(request.signal);
    if (part.kind === 'unread') return sendUnread(reply, part.problem);
    const model = enrollmentsModel(part.value);
    const experiment = model.experiments.find((one) => one.slug === slug);
    if (experiment === undefined) return sendUnknown(reply, slug);
    const history = await source.history(slug, request.signal);
    const trend = history.kind === 'read' ? enrollmentTrend(history.value.totals) : [];
    const notes = [...model.notes, ...(part.trouble === undefined ? [] : [part.trouble]), ...historyNotes(history)];
    return sendPage(reply, experimentPage({ experiment, notes, trend, now: part.value.inputs.now }));
  });
}

/** The experiments that fit; `rule`: those where it fails. */
export function filtered(
  { experiments }: EnrollmentsModel,
  { app, rule, state, q }: EnrollmentsFilter,
): ExperimentEnrollment[] {
  const wanted = q?.toLowerCase();
  return experiments.filter(
    (experiment) =>
      (app === undefined || experiment.application === app) &&
      (state === undefined || experiment.state === state) &&
      (wanted === undefined || experiment.slug.toLowerCase().includes(wanted)) &&
      (rule === undefined || experiment.rules.some((one) => one.rule.id === rule && one.state === 'failing')),
  );
}

function historyNotes(history: Awaited<ReturnType<EnrollmentsSource['history']>>): string[] {
  if (history.kind === 'unread') return [history.problem];
  return history.value.unreadable.map((problem) => `Daily enrollment counts that cannot be used: ${problem}.`);
}

function sendUnread(reply: FastifyReply, problem: string): FastifyReply {
  reply.code(502);
  return sendPage(reply, {
    section: '/enrollments',
    headline: 'The enrollments cannot be read',
    body: html`<p>${problem} <a href="${reply.request.url}">Try again</a></p>`,
  });
}

function sendUnknown(reply: FastifyReply, slug: string): FastifyReply {
  reply.code(404);
  return sendPage(reply, {
    section: '/enrollments',
    headline: 'There is no such live experiment',
    body: html`<p>
      ${slug} has not started, has ended, or is unknown. <a href="/enrollments">All live experiments</a>
    </p>`,
  });
}
