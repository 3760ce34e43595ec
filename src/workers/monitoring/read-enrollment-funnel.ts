/** Parses `enrollment_counts/enrollment_funnel_v1_latest.json`, which another system writes (spec: today, section 2). */
import { z } from 'zod';
import { type FunnelRow, featureConflict } from '../../alerts/enrollment-checks.ts';
import type { FunnelContent, SlugFunnel } from '../../alerts/enrollment-funnel.ts';

export const ENROLLMENT_FUNNEL_OBJECT = 'enrollment_counts/enrollment_funnel_v1_latest.json';

const Whole = z.object({ v1: z.record(z.string(), z.unknown()) });

const OptionalText = z.string().nullish();
const Row = z.object({
  app_name: z.string(),
  branch: OptionalText,
  status: z.string(),
  reason: OptionalText,
  // Appears in alerts, so it must be Unicode.
  conflict_slug: z
    .string()
    .refine((text) => text.isWellFormed())
    .nullish(),
  client_count: z.int().min(0),
});

/** The funnel of each slug, with the malformed rows counted. Never throws. */
export function readEnrollmentFunnel(text: string): FunnelContent {
  const content = parseJson(text);
  if (content === undefined) return { kind: 'malformed', problem: 'it is not JSON' };
  const { data } = Whole.safeParse(content.value);
  if (data === undefined) return { kind: 'malformed', problem: 'it has no object "v1"' };
  const slugs = Object.entries(data.v1).filter(([slug]) => slug.isWellFormed());
  return { kind: 'read', slugs: new Map(slugs.map(([slug, rows]) => [slug, readSlug(rows)])) };
}

/** The well-formed rows. */
export function readFunnelRows(rows: readonly unknown[]): FunnelRow[] {
  return rows.flatMap((row) => {
    const { data } = Row.safeParse(row);
    if (data === undefined) return [];
    return [{ reason: data.reason ?? null, conflictSlug: data.conflict_slug ?? null, clientCount: data.client_count }];
  });
}

function readSlug(rows: unknown): SlugFunnel {
  if (!Array.isArray(rows)) return { kind: 'no list' };
  const read = readFunnelRows(rows);
  return { kind: 'list', rows: { all: rows.length, malformed: rows.length - read.length }, ...featureConflict(read) };
}

function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}
