/**
 * The outline of a table for the file rules (spec: statistics, section 4, "In one pass"): the shapes of rows of each metric in
 * each group, not the rows. Plain data, so that the outlines of parts can be joined. It grows with segments, branches and
 * metrics, not with windows and rows.
 */
import { z } from 'zod';

/** Rows that the file rules treat alike. */
const RowShape = z.object({
  branch: z.string(),
  /** The branch that is compared with. */
  target: z.string().nullable(),
  comparison: z.enum(['absolute', 'difference', 'uplift', 'other']),
  statistic: z.enum(['not drawn', 'mean', 'mean_lm', 'percentage', 'drawn']),
  window: z.enum(['null', 'positive', 'other']),
  /** For `mean`: the part of R4 that the row breaks if it is drawn, which is known only at the end; else 0. */
  broken: z.number().int().min(0).max(4),
  /** The window, if a metric's rows are copied window by window. */
  travelWindow: z.string().nullable(),
});
export type RowShape = z.infer<typeof RowShape>;

/** A row of `overall` that counts the clients of a branch. */
const ClientRow = z.object({ branch: z.string(), shape: z.number().int().min(0), point: z.number().nullable() });

const GroupOutline = z.object({
  segment: z.string(),
  basis: z.string(),
  /** Branches of rows that the console replaces; no other rule looks at them. */
  replaced: z.array(z.string()),
  metrics: z.array(
    z.object({
      metric: z.string(),
      /** The metric counts clients. */
      isClients: z.boolean(),
      /** The journey of its rows; -1 if they are not copied. */
      journey: z.number().int().min(-1),
      /** Its shapes as an index into the outline's profiles, which metrics mostly share. */
      profile: z.number().int().min(0),
      /** Smallest and largest magnitude of shapes whose points are multiplied by numbers of clients. */
      magnitudes: z.array(z.object({ shape: z.number().int().min(0), least: z.number(), most: z.number() })),
    }),
  ),
  /** In file order. */
  clients: z.array(ClientRow),
});
export type GroupOutline = z.infer<typeof GroupOutline>;

export const FileOutline = z.object({
  shapes: z.array(RowShape),
  /** Lists of shapes, by index. */
  profiles: z.array(z.array(z.number().int().min(0))),
  groups: z.array(GroupOutline),
});
export type FileOutline = z.infer<typeof FileOutline>;

export const EMPTY_OUTLINE: FileOutline = { shapes: [], profiles: [], groups: [] };

/** Gives equal things the same index in a list. */
export class Places<Thing> {
  readonly list: Thing[] = [];
  readonly #places = new Map<string, number>();

  placeOf(thing: Thing): number {
    const key = JSON.stringify(thing);
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    this.#places.set(key, this.list.length);
    this.list.push(thing);
    return this.list.length - 1;
  }
}

/** Joins the outlines of parts whose rows follow each other in the file. */
export function joinOutlines(outlines: readonly FileOutline[]): FileOutline {
  const [only] = outlines;
  if (only !== undefined && outlines.length === 1) return only;
  const shapes = new Places<RowShape>();
  const groups = new Map<string, JoinedGroup>();
  for (const outline of outlines) {
    const placeOf = (shape: number): number => shapes.placeOf(outline.shapes[shape]!);
    for (const group of outline.groups) {
      const key = JSON.stringify([group.segment, group.basis]);
      const joined = groups.get(key) ?? { segment: group.segment, basis: group.basis, ...emptyGroup() };
      groups.set(key, joined);
      addGroup(joined, group, { profiles: outline.profiles, placeOf });
    }
  }
  const profiles = new Places<number[]>();
  return {
    shapes: shapes.list,
    groups: [...groups.values()].map((group) => finishGroup(group, profiles)),
    profiles: profiles.list,
  };
}

interface JoinedMetric {
  readonly isClients: boolean;
  readonly journey: number;
  readonly shapes: Set<number>;
  readonly magnitudes: Map<number, { least: number; most: number }>;
}

interface JoinedGroup {
  readonly segment: string;
  readonly basis: string;
  readonly replaced: Set<string>;
  readonly metrics: Map<string, JoinedMetric>;
  readonly clients: GroupOutline['clients'];
}

function emptyGroup(): Omit<JoinedGroup, 'segment' | 'basis'> {
  return { replaced: new Set(), metrics: new Map(), clients: [] };
}

interface Translation {
  readonly profiles: FileOutline['profiles'];
  readonly placeOf: (shape: number) => number;
}

function addGroup(joined: JoinedGroup, group: GroupOutline, { profiles, placeOf }: Translation): void {
  for (const branch of group.replaced) joined.replaced.add(branch);
  joined.clients.push(...group.clients.map((row) => ({ ...row, shape: placeOf(row.shape) })));
  for (const { metric, isClients, journey, profile, magnitudes } of group.metrics) {
    const known = joined.metrics.get(metric) ?? { isClients, journey, shapes: new Set(), magnitudes: new Map() };
    joined.metrics.set(metric, known);
    for (const shape of profiles[profile]!) known.shapes.add(placeOf(shape));
    for (const { shape, least, most } of magnitudes) {
      const before = known.magnitudes.get(placeOf(shape)) ?? { least, most };
      known.magnitudes.set(placeOf(shape), {
        least: Math.min(before.least, least),
        most: Math.max(before.most, most),
      });
    }
  }
}

function finishGroup({ metrics, replaced, ...group }: JoinedGroup, profiles: Places<number[]>): GroupOutline {
  return {
    ...group,
    replaced: [...replaced],
    metrics: [...metrics].map(([metric, { isClients, journey, shapes, magnitudes }]) => ({
      metric,
      isClients,
      journey,
      profile: profiles.placeOf([...shapes].sort((a, b) => a - b)),
      magnitudes: [...magnitudes].map(([shape, range]) => ({ shape, ...range })),
    })),
  };
}
