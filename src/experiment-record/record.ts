/**
 * The fields of an API record (v8) that Contrail uses. Each reader picks the fields it needs, so that a malformed field
 * stops only what needs it. The schema itself is that of the strictest reader.
 */
import { z } from 'zod';
import { toContrailError } from '../domain/errors.ts';
import type { JsonValue } from '../domain/json-value.ts';
import { checkSlug } from '../domain/slug.ts';
import { parseTimestamp } from '../domain/utc-time.ts';
import { isWellFormedJson } from '../domain/well-formed.ts';

/** A text with a lone surrogate. */
const NOT_UNICODE = { error: 'must be valid Unicode' };

/** Valid Unicode text; `error` says what else it must be. */
export function unicodeText(error: string) {
  return z.string({ error }).refine((text) => text.isWellFormed(), NOT_UNICODE);
}

/** A valid slug for names, URLs and log rows; `words` makes the message. */
export function usableSlug(words: (problem: string) => string) {
  return z.string({ error: 'must be a text' }).transform((slug, context) => {
    try {
      return checkSlug(slug);
    } catch (error) {
      context.addIssue({ code: 'custom', message: words(toContrailError(error).message) });
      return z.NEVER;
    }
  });
}

/** `[{slug: 'a', priority: …}]` → `['a']`; null and absent give an empty list. */
export function slugsOfEntries(errors: { readonly list: string; readonly entry: string }) {
  return z
    .array(z.object({ slug: Text }, { error: errors.entry }), { error: errors.list })
    .nullish()
    .transform((entries) => (entries ?? []).map((entry) => entry.slug));
}

export const Text = unicodeText('must be a text');
export const Whole = z.int({ error: 'must be a whole number' });
const Texts = z.array(Text, { error: 'must be a list' });
const NullableText = unicodeText('must be there, as a text or null').nullable();
const Flag = z.boolean({ error: 'must be true, false or null' });
const RERUN_TIME = 'must be a time such as 2026-08-21T03:00:00.009942Z, or null';
const Amount = z.number({ error: 'must be a number' });
const Slugs = slugsOfEntries({ list: 'must be a list', entry: 'must be an object' });

/** Microseconds since 1970, or null. The key must be present. */
const Time = z
  .string({ error: 'must be there, as a date or null' })
  .nullable()
  .transform((text, context) => {
    const micros = text === null ? null : parseTimestamp(text);
    if (micros !== undefined) return micros;
    context.addIssue({ code: 'custom', message: 'must be a date such as 2026-01-15, or null' });
    return z.NEVER;
  });

/** Microseconds since 1970, null, or absent. */
const RerunTime = z
  .string({ error: RERUN_TIME })
  .nullish()
  .transform((text, context) => {
    const micros = text === null || text === undefined ? text : parseTimestamp(text);
    if (micros !== undefined || text === undefined) return micros;
    context.addIssue({ code: 'custom', message: RERUN_TIME });
    return z.NEVER;
  });

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

export const ExperimentRecord = z.object(
  {
    slug: usableSlug((problem) => `cannot be used: ${problem.replace(/\.$/, '')}`),
    startDate: Time,
    endDate: Time,
    enrollmentEndDate: Time,
    proposedEnrollment: Whole,
    /** Days. */
    proposedDuration: Whole.nullish(),
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
    /** Enrolls for as long as it runs. */
    isHoldback: Flag.nullish(),
    /** The analysis was asked to run it again as a whole, and when last. */
    doRerun: Flag.nullish(),
    doRerunTimestamp: RerunTime,
    outcomes: Slugs,
    segments: Slugs,
    isFirefoxLabsOptIn: Flag.nullish(),
    isEnrollmentPaused: Flag.nullish(),
  },
  { error: 'is not a JSON object' },
);
