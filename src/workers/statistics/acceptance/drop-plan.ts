/**
 * What the second reading of a table leaves out, so that the file keeps the file rules (ADR 12). Plain data, so that it can
 * be sent to the workers of a divided export.
 */
import { z } from 'zod';
import { FILE_RULES } from '../../../domain/console-rules.ts';
import { FileOutline } from './outline.ts';

const Drop = z.object({ rule: z.enum([...FILE_RULES, 'R4']), reason: z.string() });
/** The broken rule, and a sentence. Rows that break R4 are rejected, others dropped. */
export type Drop = z.infer<typeof Drop>;

const MetricDrops = z.object({
  metric: z.string(),
  shapes: z.array(z.object({ shape: FileOutline.shape.shapes.element, drop: Drop })),
});
export type MetricDrops = z.infer<typeof MetricDrops>;

const GroupDrops = z.object({
  segment: z.string(),
  basis: z.string(),
  /** Drops all rows of the group. */
  whole: Drop.optional(),
  metrics: z.array(MetricDrops),
  /** Rows that count clients, by their position among those of the group. */
  clients: z.array(z.object({ place: z.number().int().min(0), drop: Drop })),
  /** Points of a branch whose product with one of these numbers is not finite. */
  overflows: z.array(z.object({ branch: z.string(), factors: z.array(z.number()) })),
});
export type GroupDrops = z.infer<typeof GroupDrops>;

export const DropPlan = z.object({ groups: z.array(GroupDrops) });
export type DropPlan = z.infer<typeof DropPlan>;
