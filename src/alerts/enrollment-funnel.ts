/** What the enrollment funnel says about feature conflicts of an experiment, for rule M4 (spec: today, section 2). */
import { FEATURE_CONFLICT_LIMIT, type FunnelShares } from './enrollment-checks.ts';
import { durationText } from './text.ts';
import { MS_PER_HOUR } from '../domain/utc-time.ts';

/** The funnel object, as it was last written. */
export type EnrollmentFunnel =
  | { readonly kind: 'absent' }
  /** `changedAt`: when the object was written, milliseconds since 1970. */
  | (FunnelContent & { readonly changedAt: number });

export type FunnelContent =
  /** `problem`: what is wrong with the object as a whole. */
  | { readonly kind: 'malformed'; readonly problem: string }
  | { readonly kind: 'read'; readonly slugs: ReadonlyMap<string, SlugFunnel> };

/** The funnel of one slug; the shares are those of its well-formed rows. */
export type SlugFunnel =
  { readonly kind: 'no list' } | ({ readonly kind: 'list'; readonly rows: RowCounts } & FunnelShares);

/** `malformed` rows are part of `all`. */
export interface RowCounts {
  readonly all: number;
  readonly malformed: number;
}

export type NoFunnelReason = 'absent' | 'old' | 'malformed' | 'no rows' | 'no clients';

export type FunnelVerdict =
  | {
      readonly state: 'failing' | 'passing';
      readonly rate: number;
      readonly slugs: readonly string[];
      /** Malformed rows that were left out. */
      readonly dropped: number;
      /** A run of the job that writes the funnel was missed. */
      readonly late: boolean;
    }
  | { readonly state: 'no_data'; readonly reason: NoFunnelReason; readonly dropped?: number };

/** Applications whose clients send what the funnel is made of. */
const FUNNEL_APPS: ReadonlySet<string> = new Set(['firefox_desktop', 'firefox_ios', 'fenix']);
/** The funnel is written daily: a run and two hours. */
const LATE_MS = 26 * MS_PER_HOUR;
/** Two missed runs. */
const OLD_MS = 50 * MS_PER_HOUR;
/** A slug has no data if more than one row in this many is malformed. */
const ROWS_PER_MALFORMED_ROW = 10;

/** Whether the funnel can have rows of the application's experiments. */
export function hasFunnel(appName: string): boolean {
  return FUNNEL_APPS.has(appName);
}

/** The verdict on one experiment; `now` in milliseconds since 1970. */
export function funnelVerdict(
  funnel: EnrollmentFunnel,
  slug: string,
  { now, limit = FEATURE_CONFLICT_LIMIT }: { readonly now: number; readonly limit?: number },
): FunnelVerdict {
  const problem = unusable(funnel, now);
  if (problem !== undefined || funnel.kind !== 'read') return { state: 'no_data', reason: problem ?? 'malformed' };
  const found = funnel.slugs.get(slug);
  if (found === undefined) return { state: 'no_data', reason: 'no rows' };
  if (found.kind === 'no list') return { state: 'no_data', reason: 'malformed' };
  const { rows, clients, rate, slugs } = found;
  const dropped = rows.malformed;
  if (hasTooManyMalformed(rows)) return { state: 'no_data', reason: 'malformed', dropped };
  if (rows.all === 0) return { state: 'no_data', reason: 'no rows' };
  if (clients === 0) return { state: 'no_data', reason: 'no clients', dropped };
  return { state: rate >= limit ? 'failing' : 'passing', rate, slugs, dropped, late: ageOf(funnel, now) > LATE_MS };
}

export function hasTooManyMalformed({ all, malformed }: RowCounts): boolean {
  return malformed * ROWS_PER_MALFORMED_ROW > all;
}

/** Why the object says nothing about any experiment; undefined if it does. */
export function funnelProblem(funnel: EnrollmentFunnel, now: number): string | undefined {
  if (funnel.kind === 'absent') return 'the enrollment funnel is missing';
  if (unusable(funnel, now) === 'old') {
    const age = durationText(ageOf(funnel, now));
    return `the enrollment funnel is ${age} old (limit ${durationText(OLD_MS)}); it is written daily`;
  }
  return funnel.kind === 'malformed' ? `the enrollment funnel is malformed: ${funnel.problem}` : undefined;
}

function unusable(funnel: EnrollmentFunnel, now: number): 'absent' | 'old' | 'malformed' | undefined {
  if (funnel.kind === 'absent') return 'absent';
  if (ageOf(funnel, now) > OLD_MS) return 'old';
  return funnel.kind === 'malformed' ? 'malformed' : undefined;
}

function ageOf({ changedAt }: { readonly changedAt: number }, now: number): number {
  return now - changedAt;
}
