/** The routes of `/alerts`. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { OPERATOR, READER } from '../../access/guard-access.ts';
import { formToken } from '../../access/form-token.ts';
import { clientSignal } from '../../client-signal.ts';
import { sendPage } from '../../frame/send-page.ts';
import { readParameters } from '../../parameters.ts';
import { RANGE_NAMES, RANGE_PARAMETERS, rangeText, timeRange } from '../../time-range.ts';
import { html } from '../../views/html.ts';
import { liftSilence } from '../../../alerts/silence.ts';
import { alertPage, type AlertView } from './alert-view.ts';
import { alertLink, alertsPage } from './list-view.ts';
import { ALERT_STATES, type AlertEntry, alertsModel, findEntry, ruleIds } from './model.ts';
import { SILENCE_ENDS, SILENCE_SCOPES, type SilenceFields, silenceRequested } from './silence-request.ts';
import type { AlertsReading, AlertsSource } from './source.ts';

export const ALERT_FILTERS = {
  state: z.enum(ALERT_STATES).optional(),
  rule: z.enum(ruleIds()).optional(),
  experiment: z.string().trim().max(200, 'a slug').optional(),
};
const Query = z.object({ ...ALERT_FILTERS, ...RANGE_PARAMETERS });
export const USUAL_RANGE = '14d';
/** An alert that was resolved longer ago has no page of its own. */
const KNOWN_FOR_MS = 90 * 86_400_000;

const Id = z.object({ id: z.string() });
const Form = z.object({
  scope: z.enum(SILENCE_SCOPES),
  reason: z.string(),
  end: z.enum(SILENCE_ENDS),
  date: z.string().optional(),
  wake: z.literal('1').optional(),
});

export function addAlertRoutes(app: FastifyInstance, source: AlertsSource): void {
  app.get('/alerts', { config: READER }, async (request, reply) => {
    const { range, from, to, ...filter } = readParameters(Query, request.query);
    const asked = timeRange({ range, from, to }, reply.server.frame.clock.now(), USUAL_RANGE);
    const all = await source.read(asked.from, request.signal);
    const reading = { ...all, alerts: all.alerts.filter((alert) => isResolvedBefore(alert.row.resolved_at, asked.to)) };
    const text =
      asked.name === undefined
        ? rangeText(asked)
        : `last ${asked.name.replace('d', asked.name === '1d' ? ' day' : ' days')}`;
    const model = alertsModel(reading, filter);
    const view = { value: asked.name ?? '', choices: RANGE_NAMES, text };
    return sendPage(reply, alertsPage({ model, reading, filter, range: view }));
  });
  app.get('/alerts/:id', { config: READER }, async (request, reply) => {
    const known = await find(source, request, request.signal);
    return known === undefined ? sendUnknown(reply) : sendAlert(reply, known);
  });
  app.post('/alerts/:id/silence', { config: OPERATOR }, async (request, reply) => {
    const known = await find(source, request, clientSignal(reply));
    if (known === undefined) return sendUnknown(reply);
    const form = Form.safeParse(request.body);
    if (!form.success) return sendAlert(reply.code(400), { ...known, refused: REFUSED });
    const { wake, ...others } = form.data;
    const fields: SilenceFields = { ...others, wake: wake === '1' };
    const answer = silenceRequested(fields, silenceContext(known, request));
    if (answer.kind === 'refused') {
      return sendAlert(reply.code(400), { ...known, refused: { fields, problem: answer.problem } });
    }
    await source.silence(answer.row);
    return reply.redirect(`${alertLink(known.entry.id)}#silence`, 303);
  });
  app.post('/alerts/:id/lift', { config: OPERATOR }, async (request, reply) => {
    const known = await find(source, request, clientSignal(reply));
    if (known === undefined) return sendUnknown(reply);
    const silence = known.entry.silence?.row ?? undefined;
    if (silence !== undefined) await source.silence(liftSilence(silence, actorOf(request), known.reading.now));
    return reply.redirect(`${alertLink(known.entry.id)}#silence`, 303);
  });
}

const REFUSED = { fields: {}, problem: 'Choose what to silence and until when, and give a reason.' };

interface KnownAlert {
  readonly entry: AlertEntry;
  readonly reading: AlertsReading;
}

async function find(
  source: AlertsSource,
  request: FastifyRequest,
  signal: AbortSignal,
): Promise<KnownAlert | undefined> {
  const { id } = Id.parse(request.params);
  return findAlert(source, { id, now: request.server.frame.clock.now(), signal });
}

/** An alert that is unresolved, or was resolved lately. */
export async function findAlert(
  source: AlertsSource,
  { id, now, signal }: { readonly id: string; readonly now: number; readonly signal: AbortSignal },
): Promise<KnownAlert | undefined> {
  const reading = await source.read(now - KNOWN_FOR_MS, signal);
  const entry = findEntry(reading, id);
  return entry === undefined ? undefined : { entry, reading };
}

/** Who is asking, and what is known, for a silence. */
export function silenceContext({ entry, reading }: KnownAlert, request: FastifyRequest) {
  return { alert: entry.row, silences: reading.silences, actor: actorOf(request), now: reading.now };
}

export function actorOf({ visitor }: FastifyRequest): string {
  return visitor?.name ?? 'somebody';
}

function isResolvedBefore(resolvedAt: string | null, end: number): boolean {
  return resolvedAt === null || !(Date.parse(resolvedAt) >= end);
}

function sendAlert(reply: FastifyReply, view: Omit<AlertView, 'token'>): FastifyReply {
  const isOperator = reply.request.visitor?.role === 'operator';
  return sendPage(reply, alertPage({ ...view, ...(isOperator ? { token: formToken(reply) } : {}) }));
}

function sendUnknown(reply: FastifyReply): FastifyReply {
  reply.code(404);
  return sendPage(reply, {
    section: '/alerts',
    headline: 'There is no such alert',
    body: html`<p>It may have been resolved more than 90 days ago. <a href="/alerts">All alerts</a></p>`,
  });
}
