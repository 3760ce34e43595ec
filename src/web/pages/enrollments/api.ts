/** Enrollments in the JSON API. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { enrollmentTrend } from '../../../alerts/enrollment-trend.ts';
import { addApiRoute } from '../../api/api-route.ts';
import { LIST_PARAMETERS, listOf, pageOf } from '../../api/lists.ts';
import { ApiProblem } from '../../api/problems.ts';
import { EXPERIMENT_STATES, enrollmentsModel, type ExperimentEnrollment } from './model.ts';
import { ENROLLMENT_FILTERS, filtered } from './routes.ts';
import { RULE_STATES } from './rule-readings.ts';
import type { EnrollmentsSource } from './source.ts';

const Rule = z.object({
  id: z.string(),
  title: z.string(),
  /** Whose threshold it is. */
  product: z.enum(['console', 'tile', 'guide', 'contrail']),
  state: z.enum(RULE_STATES),
  severity: z.enum(['info', 'warning', 'critical']),
  condition: z.string(),
  /** The condition with the numbers of this experiment. */
  formula: z.string().nullable(),
  /** What fails, or why it cannot be computed or does not apply. */
  sentence: z.string().nullable(),
  value: z.number().nullable(),
  threshold: z.number(),
  source_at: z.iso.datetime().nullable(),
});

const Enrollment = z.object({
  experiment: z.string(),
  application: z.string(),
  state: z.enum(EXPERIMENT_STATES),
  days: z.int(),
  enrolled: z.number().nullable(),
  unenrolled: z.number().nullable(),
  unenrolled_share: z.number().nullable(),
  branches: z.array(
    z.object({
      branch: z.string(),
      enrolled: z.number(),
      unenrolled: z.number(),
      share: z.number(),
      expected_share: z.number().nullable(),
      /** Clients: a 1 % sample times 100. */
      reasons: z.array(z.object({ reason: z.string(), clients: z.number() })),
    }),
  ),
  /** The ratio test; null if it cannot be computed. */
  ratio: z
    .object({ chi_square: z.number(), degrees_of_freedom: z.int(), p: z.number(), largest_deviation: z.number() })
    .nullable(),
  rules: z.array(Rule),
});

const Detail = Enrollment.extend({
  per_day: z.array(
    z.object({
      day: z.iso.date(),
      enrolled: z.number().nullable(),
      unenrolled: z.number().nullable(),
      reason: z.string().nullable(),
    }),
  ),
});

export function addEnrollmentsApi(app: FastifyInstance, source: EnrollmentsSource): void {
  addApiRoute(app, {
    method: 'GET',
    path: '/enrollments',
    summary: 'Live experiments with the verdict of each rule about enrollments, worst first.',
    access: 'reader',
    query: z.object({ ...ENROLLMENT_FILTERS, ...LIST_PARAMETERS }),
    reply: listOf(Enrollment),
    handler: async ({ query: { limit, cursor, ...filter }, signal }) => {
      const reading = await read(source, signal);
      const model = enrollmentsModel(reading);
      const { items, next_cursor } = pageOf(filtered(model, filter), { limit, cursor });
      const counted = { name: 'enrollment_counts', problem: null, as_of: timeJson(model.countedAt) };
      return {
        as_of: new Date(reading.inputs.now).toISOString(),
        sources: [counted, ...model.notes.map((problem) => ({ name: 'note', problem, as_of: null }))],
        items: items.map(enrollmentJson),
        next_cursor,
      };
    },
  });
  addApiRoute(app, {
    method: 'GET',
    path: '/enrollments/:slug',
    summary: 'One live experiment, with enrollments and unenrollments per day.',
    access: 'reader',
    params: z.object({ slug: z.string() }),
    reply: Detail,
    handler: async ({ params: { slug }, signal }) => {
      const { experiments } = enrollmentsModel(await read(source, signal));
      const experiment = experiments.find((one) => one.slug === slug);
      if (experiment === undefined) {
        throw new ApiProblem({ status: 404, code: 'not_found', title: 'There is no such live experiment.' });
      }
      const history = await source.history(slug, signal);
      const days = history.kind === 'read' ? enrollmentTrend(history.value.totals) : [];
      return { ...enrollmentJson(experiment), per_day: days };
    },
  });
}

async function read(source: EnrollmentsSource, signal: AbortSignal) {
  const part = await source.read(signal);
  if (part.kind === 'read') return part.value;
  throw new ApiProblem({ status: 502, code: 'source_unreadable', title: part.problem });
}

function enrollmentJson(experiment: ExperimentEnrollment): z.input<typeof Enrollment> {
  const { ratio } = experiment;
  const test = ratio?.kind === 'tested' ? ratio.test : undefined;
  return {
    experiment: experiment.slug,
    application: experiment.application,
    state: experiment.state,
    days: experiment.days,
    enrolled: experiment.enrolled,
    unenrolled: experiment.unenrolled,
    unenrolled_share: experiment.unenrolledShare,
    branches: experiment.branches.map(({ branch, enrolled, unenrolled, share, expectedShare, reasons }) => ({
      branch,
      enrolled,
      unenrolled,
      share,
      expected_share: expectedShare,
      reasons: [...reasons],
    })),
    ratio:
      test === undefined
        ? null
        : {
            chi_square: test.chiSquare,
            degrees_of_freedom: test.degreesOfFreedom,
            p: test.pValue,
            largest_deviation: test.largestDeviation,
          },
    rules: experiment.rules.map(({ rule, state, severity, formula, sentence, value, threshold, sourceAt }) => ({
      id: rule.id,
      title: rule.title,
      product: rule.product,
      state,
      severity,
      condition: rule.formula,
      formula,
      sentence,
      value,
      threshold,
      source_at: timeJson(sourceAt),
    })),
  };
}

function timeJson(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}
