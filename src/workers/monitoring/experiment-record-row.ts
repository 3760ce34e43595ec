/** A record of the experiments API (v8) as a row of `experimenter_experiments_v1`, or what is wrong with it. */
import { z } from 'zod';
import { type ExperimentRow, experimentStatus } from '../../domain/experiments-table.ts';
import { toContrailError } from '../../domain/errors.ts';
import type { JsonValue } from '../../domain/json-value.ts';
import { checkSlug } from '../../domain/slug.ts';
import { dateText, parseTimestamp } from '../../domain/utc-time.ts';
import { isWellFormedJson } from '../../domain/well-formed.ts';

export type RecordReading =
  | { readonly kind: 'row'; readonly row: ExperimentRow }
  /** `slug` where it could be read and is Unicode; `reason` names the fields. */
  | { readonly kind: 'malformed'; readonly slug: string | null; readonly reason: string };

const NOT_UNICODE = { error: 'must be valid Unicode' };
const Text = z.string({ error: 'must be a text' }).refine((text) => text.isWellFormed(), NOT_UNICODE);
const NullableText = z
  .string({ error: 'must be there, as a text or null' })
  .refine((text) => text.isWellFormed(), NOT_UNICODE)
  .nullable();
/** Of no experiment otherwise: it becomes part of names, addresses and log rows. */
const Slug = z.string({ error: 'must be a text' }).transform((slug, context) => {
  try {
    return checkSlug(slug);
  } catch (error) {
    context.addIssue({
      code: 'custom',
      message: `cannot be used: ${toContrailError(error).message.replace(/\.$/, '')}`,
    });
    return z.NEVER;
  }
});
const Flag = z.boolean({ error: 'must be true, false or null' });
const Whole = z.int({ error: 'must be a whole number' });
const Amount = z.number({ error: 'must be a number' });
const Texts = z.array(Text, { error: 'must be a list' });

/** Microseconds since 1970, or null. The key itself must be there. */
const Time = z
  .string({ error: 'must be there, as a date or null' })
  .nullable()
  .transform((text, context) => {
    const micros = text === null ? null : parseTimestamp(text);
    if (micros !== undefined) return micros;
    context.addIssue({ code: 'custom', message: 'must be a date such as 2026-01-15, or null' });
    return z.NEVER;
  });

/** `[{slug: 'a', priority: …}]` → `['a']`; null and absent are no entries. */
const Slugs = z
  .array(z.object({ slug: Text }, { error: 'must be an object' }), { error: 'must be a list' })
  .nullish()
  .transform((entries) => (entries ?? []).map((entry) => entry.slug));

const Branch = z.object(
  {
    slug: Text,
    ratio: Whole,
    features: z
      .array(z.custom<JsonValue>(), { error: 'must be there, as a list or null' })
      .refine(isWellFormedJson, NOT_UNICODE)
      .nullable(),
  },
  { error: 'must be an object' },
);

const BucketConfig = z.object(
  {
    count: Amount,
    total: Amount.refine((total) => total !== 0, { error: 'must not be 0' }),
    namespace: NullableText,
    randomizationUnit: NullableText,
  },
  { error: 'must be an object' },
);

// Only the keys that are used; whatever else the API sends is ignored.
const ExperimentRecord = z.object(
  {
    slug: Slug,
    startDate: Time,
    endDate: Time,
    enrollmentEndDate: Time,
    proposedEnrollment: Whole,
    referenceBranch: NullableText,
    branches: z.array(Branch, { error: 'must be a list' }),
    appId: Text,
    appName: Text,
    channel: Text,
    channels: Texts,
    targeting: Text,
    bucketConfig: BucketConfig,
    featureIds: Texts,
    isRollout: Flag.nullable(),
    outcomes: Slugs,
    segments: Slugs,
    isFirefoxLabsOptIn: Flag.nullish(),
    isEnrollmentPaused: Flag.nullish(),
  },
  { error: 'is not a JSON object' },
);

type ExperimentRecord = z.infer<typeof ExperimentRecord>;

/** Reads one record; `now` in microseconds since 1970 decides whether the experiment is complete. Never throws. */
export function readExperimentRecord(record: unknown, now: number): RecordReading {
  const parsed = ExperimentRecord.safeParse(record);
  if (parsed.success) return { kind: 'row', row: rowOf(parsed.data, now) };
  const slug = z.object({ slug: z.string() }).safeParse(record).data?.slug;
  return { kind: 'malformed', slug: slug?.isWellFormed() ? slug : null, reason: reasonOf(parsed.error) };
}

function rowOf(record: ExperimentRecord, now: number): ExperimentRow {
  return {
    experimenter_slug: null,
    normandy_slug: record.slug,
    type: 'v6',
    status: experimentStatus(record.endDate, now),
    start_date: dateOf(record.startDate),
    end_date: dateOf(record.endDate),
    enrollment_end_date: dateOf(record.enrollmentEndDate),
    proposed_enrollment: record.proposedEnrollment,
    reference_branch: record.referenceBranch,
    is_high_population: false,
    branches: record.branches,
    app_id: record.appId,
    app_name: record.appName,
    channel: record.channel,
    channels: record.channels,
    targeting: record.targeting,
    targeted_percent: record.bucketConfig.count / record.bucketConfig.total,
    namespace: record.bucketConfig.namespace,
    randomization_unit: record.bucketConfig.randomizationUnit,
    feature_ids: record.featureIds,
    is_rollout: record.isRollout ?? false,
    outcomes: record.outcomes,
    segments: record.segments,
    is_firefox_labs_opt_in: record.isFirefoxLabsOptIn ?? false,
    is_enrollment_paused: record.isEnrollmentPaused ?? null,
  };
}

/** The day in UTC; an offset has been counted in before. */
function dateOf(micros: number | null): string | null {
  return micros === null ? null : dateText(micros);
}

function reasonOf(error: z.ZodError): string {
  return error.issues
    .map((issue) => [issue.path.join('.'), issue.message].filter((part) => part !== '').join(' '))
    .join('; ');
}
