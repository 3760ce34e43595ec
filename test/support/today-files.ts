/** The cases of `test/fixtures/today` (its README), or those of another folder of its layout. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const OWN_CASES = fileURLToPath(new URL('../fixtures/today', import.meta.url));

const FunnelCase = z.object({
  name: z.string(),
  slug: z.string(),
  /** The object's text, and its age; null: there is no object. */
  funnel: z.string(),
  funnelAgeHours: z.number().nullable(),
  result: z.object({
    ours: z.looseObject({ state: z.string(), reason: z.string().optional(), rate: z.number().optional() }),
  }),
});

export type FunnelCase = z.infer<typeof FunnelCase>;

/** The folder of the cases: CONTRAIL_FIXTURES, or the project's own. */
export function todayFolder(): string {
  return process.env['CONTRAIL_FIXTURES'] ?? OWN_CASES;
}

export function funnelCases(folder: string): FunnelCase[] {
  return z.array(FunnelCase).parse(JSON.parse(readFileSync(join(folder, 'funnel.json'), 'utf8')));
}

const HoldbackCase = z.object({
  name: z.string(),
  now: z.string(),
  /** A record of the experiments API. */
  experiment: z.looseObject({ slug: z.string(), appName: z.string() }),
  tables: z.array(
    z.object({
      name: z.string(),
      kind: z.enum(['table', 'view']),
      modified: z.string(),
      description: z.string().nullable(),
    }),
  ),
  /** Published files by analysis period. */
  objects: z.record(z.string(), z.object({ version: z.string(), windows: z.array(z.number()) })),
  result: z.object({
    running: z.boolean(),
    rolling: z.boolean(),
    expected: z.array(z.string()),
    states: z.record(z.string(), z.string()),
    alerts: z.object({ A2: z.array(z.string()), G4: z.boolean(), G5: z.boolean(), M5: z.boolean(), M6: z.boolean() }),
    /** Rules M1 to M4 that apply to the experiment. */
    evaluated: z.array(z.string()),
  }),
});

export type HoldbackCase = z.infer<typeof HoldbackCase>;

export function holdbackCases(folder: string): HoldbackCase[] {
  return z.array(HoldbackCase).parse(JSON.parse(readFileSync(join(folder, 'holdbacks.json'), 'utf8')));
}
