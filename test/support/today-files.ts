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
