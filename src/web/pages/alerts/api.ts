/** Alerts in the JSON API. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { liftSilence } from '../../../alerts/silence.ts';
import { addApiRoute } from '../../api/api-route.ts';
import { LIST_PARAMETERS, listOf, pageOf } from '../../api/lists.ts';
import { ApiProblem } from '../../api/problems.ts';
import { RANGE_PARAMETERS, timeRange } from '../../time-range.ts';
import { ALERT_STATES, type AlertEntry, alertsModel, allEntries } from './model.ts';
import { ALERT_FILTERS, actorOf, findAlert, silenceContext, USUAL_RANGE } from './routes.ts';
import { SILENCE_ENDS, SILENCE_SCOPES, silenceRequested } from './silence-request.ts';
import type { AlertsReading, AlertsSource } from './source.ts';

const Time = z.iso.datetime().nullable();

export const Alert = z.object({
  id: z.string(),
  rule: z.string(),
  title: z.string().nullable(),
  /** Whose threshold it is. */
  product: z.enum(['console', 'tile', 'guide', 'contrail']).nullable(),
  severity: z.enum(['info', 'warning', 'critical']),
  state: z.enum(ALERT_STATES),
  subject: z.string(),
  summary: z.string(),
  /** The condition with the numbers of this case. */
  formula: z.string().nullable(),
  value: z.number().nullable(),
  threshold: z.number().nullable(),
  opened_at: Time,
  last_seen_at: Time,
  checked_at: Time,
  resolved_at: Time,
  /** Path of the page about it. */
  link: z.string().nullable(),
  /** Why its rule cannot be evaluated now. */
  problem: z.string().nullable(),
  notified: z.array(z.object({ target: z.string(), at: z.string(), event: z.enum(['opened', 'resolved']) })),
  silence: z
    .object({
      scope: z.enum(['alert', 'rule', 'settings']),
      until: z.iso.datetime(),
      reason: z.string().nullable(),
      actor: z.string().nullable(),
      wake_above: z.number().nullable(),
    })
    .nullable(),
});

const Query = z.object({ ...ALERT_FILTERS, ...RANGE_PARAMETERS, ...LIST_PARAMETERS });
const Id = z.object({ id: z.string() });
const SilenceBody = z.object({
  scope: z.enum(SILENCE_SCOPES),
  reason: z.string(),
  end: z.enum(SILENCE_ENDS),
  /** The day on which it ends, at 00:00 UTC, if the end is `date`. */
  date: z.iso.date().optional(),
  /** Speak up if the value grows by 50 %. */
  wake: z.boolean().optional(),
});

export function addAlertsApi(app: FastifyInstance, source: AlertsSource): void {
  addApiRoute(app, {
    method: 'GET',
    path: '/alerts',
    summary: 'Alerts that are open, without data, silenced, or resolved in the range, in this order.',
    access: 'reader',
    query: Query,
    reply: listOf(Alert),
    handler: async ({ query: { limit, cursor, range, from, to, ...filter }, signal }) => {
      const asked = timeRange({ range, from, to }, app.frame.clock.now(), USUAL_RANGE);
      const reading = await source.read(asked.from, signal);
      const entries = allEntries(alertsModel(reading, filter)).filter(
        ({ resolvedAt }) => resolvedAt === null || resolvedAt < asked.to,
      );
      const { items, next_cursor } = pageOf(entries, { limit, cursor });
      return { ...frameOf(reading), items: items.map((entry) => alertJson(entry, reading)), next_cursor };
    },
  });
  addApiRoute(app, {
    method: 'GET',
    path: '/alerts/:id',
    summary: 'One alert.',
    access: 'reader',
    params: Id,
    reply: Alert,
    handler: async ({ params: { id }, signal }) => {
      const { entry, reading } = await known(source, { id, now: app.frame.clock.now(), signal });
      return alertJson(entry, reading);
    },
  });
  addApiRoute(app, {
    method: 'POST',
    path: '/alerts/:id/silence',
    summary: 'Silences an alert, or its rule for the subject, until an end within 30 days.',
    access: 'operator',
    params: Id,
    body: SilenceBody,
    reply: Alert,
    handler: async ({ params: { id }, body, request, signal }) => {
      const asked = { id, now: app.frame.clock.now(), signal };
      const found = await known(source, asked);
      if (found.entry.state === 'resolved') {
        throw new ApiProblem({ status: 409, code: 'alert_resolved', title: 'The alert is resolved.' });
      }
      const answer = silenceRequested(body, silenceContext(found, request));
      if (answer.kind === 'refused') {
        throw new ApiProblem({ status: 400, code: 'body_invalid', title: answer.problem, field: answer.field });
      }
      await source.silence(answer.row);
      return after(source, asked);
    },
  });
  addApiRoute(app, {
    method: 'POST',
    path: '/alerts/:id/lift',
    summary: 'Ends the silence of an alert now.',
    access: 'operator',
    params: Id,
    reply: Alert,
    handler: async ({ params: { id }, request, signal }) => {
      const asked = { id, now: app.frame.clock.now(), signal };
      const { entry, reading } = await known(source, asked);
      const row = entry.silence?.row ?? undefined;
      if (row === undefined) {
        throw new ApiProblem({ status: 409, code: 'not_silenced', title: 'Nobody has silenced the alert.' });
      }
      await source.silence(liftSilence(row, actorOf(request), reading.now));
      return after(source, asked);
    },
  });
}

type AskedAlert = Parameters<typeof findAlert>[1];

async function known(source: AlertsSource, asked: AskedAlert) {
  const found = await findAlert(source, asked);
  if (found !== undefined) return found;
  throw new ApiProblem({ status: 404, code: 'not_found', title: 'There is no such alert.' });
}

async function after(source: AlertsSource, asked: AskedAlert): Promise<z.input<typeof Alert>> {
  const { entry, reading } = await known(source, asked);
  return alertJson(entry, reading);
}

function frameOf({ now, checkedAt, problems }: AlertsReading) {
  return {
    as_of: new Date(now).toISOString(),
    sources: [
      {
        name: 'check',
        problem: checkedAt === null ? 'no check has noted its alerts' : null,
        as_of: timeJson(checkedAt),
      },
      ...problems.map(({ name, problem }) => ({ name, problem, as_of: null })),
    ],
  };
}

function alertJson(entry: AlertEntry, { checkedAt }: AlertsReading): z.input<typeof Alert> {
  const { silence } = entry;
  return {
    id: entry.id,
    rule: entry.ruleId,
    title: entry.rule?.title ?? null,
    product: entry.rule?.product ?? null,
    severity: entry.severity,
    state: entry.state,
    subject: entry.subject,
    summary: entry.sentence,
    formula: entry.formula,
    value: entry.value,
    threshold: entry.threshold,
    opened_at: timeJson(entry.openedAt),
    last_seen_at: timeJson(entry.lastSeenAt),
    checked_at: timeJson(checkedAt),
    resolved_at: timeJson(entry.resolvedAt),
    link: entry.link,
    problem: entry.problem,
    notified: entry.notified.map(({ target, at, event }) => ({ target, at, event })),
    silence:
      silence === null
        ? null
        : {
            scope: silence.scope,
            until: new Date(silence.until).toISOString(),
            reason: silence.reason,
            actor: silence.actor,
            wake_above: silence.wakeAbove,
          },
  };
}

function timeJson(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}
