/** Collects the outline of a file while its rows stream by (ADR 12), and applies the plan of a first reading, if there is one. */
import type { ReadPeriod } from '../../../domain/console-rules.ts';
import { NULL_ID } from './distinct-values.ts';
import type { Drop, DropPlan, GroupDrops } from './drop-plan.ts';
import { type FileOutline, type GroupOutline, Places, type RowShape } from './outline.ts';
import { DRAWING_REASONS, type DrawingRules } from './row-rules.ts';
import { ABSOLUTE, CLIENTS, MEAN, NOT_DRAWN, POSITIVE, type RowValues } from './row-values.ts';

/** Whether a row stays, or the rule it breaks. */
export type Verdict = Drop | undefined;

const COMPARISONS = ['absolute', 'difference', 'uplift', 'other'] as const;
const STATISTICS = ['not drawn', 'mean', 'mean_lm', 'percentage', 'drawn'] as const;
const WINDOWS = ['null', 'positive', 'other'] as const;
/** Shapes of one pair of branches: comparisons, statistics, windows, parts of R4. */
const SHAPES_OF_A_PAIR = COMPARISONS.length * STATISTICS.length * WINDOWS.length * DRAWING_REASONS.length;

interface MetricRows {
  readonly metricId: number;
  /** Shapes found, as numbers. */
  readonly shapes: Set<number>;
  readonly magnitudes: Map<number, { least: number; most: number }>;
  /** Shapes that the plan drops, by their descriptions. */
  readonly planned: ReadonlyMap<string, Drop>;
  /** The same by number, if they were found. */
  readonly drops: Map<number, Drop | undefined>;
}

interface GroupRows {
  readonly segmentId: number;
  readonly basisId: number;
  readonly replaced: Set<number>;
  readonly metrics: Map<number, MetricRows>;
  readonly clients: { branchId: number; shape: number; point: number }[];
  /** Rows that count clients, including dropped ones. */
  clientsMet: number;
  readonly plan: GroupDrops | undefined;
  readonly plannedClients: ReadonlyMap<number, Drop>;
  readonly plannedOverflows: ReadonlyMap<string, readonly number[]>;
}

interface BranchPair {
  readonly branchId: number;
  readonly targetId: number;
  readonly travelWindowId: number | undefined;
}

export interface OutlineCollectorOptions {
  readonly values: RowValues;
  readonly drawing: DrawingRules;
  readonly period: ReadPeriod;
  /** What a second reading leaves out. */
  readonly plan: DropPlan | undefined;
}

export class OutlineCollector {
  readonly #values: RowValues;
  readonly #drawing: DrawingRules;
  readonly #isOverall: boolean;
  readonly #plan: DropPlan | undefined;
  readonly #groups = new Map<string, GroupRows>();
  readonly #pairs: BranchPair[] = [];
  /** Pairs by branch, target, and window if it matters. */
  readonly #pairIds = new Map<number | string, number>();
  #group: GroupRows | undefined;
  #metric: MetricRows | undefined;
  #lastPairKey = -1;
  #lastPairId = -1;

  constructor({ values, drawing, period, plan }: OutlineCollectorOptions) {
    this.#values = values;
    this.#drawing = drawing;
    this.#isOverall = period === 'overall';
    this.#plan = plan;
  }

  /** Takes one row of a group; it must keep R1 to R3. */
  add(row: number): Verdict {
    const group = this.#groupOf(row);
    if (this.#values.isReplaced(row)) return this.#addReplaced(group, row);
    const isDrawn = this.#drawing.isDrawn(row);
    const statistic = this.#values.statisticFacts.of(this.#values.statistic.ids[row]!);
    const broken = isDrawn || statistic === MEAN ? this.#drawing.brokenDrawing(row) : 0;
    if (isDrawn && broken > 0) return { rule: 'R4', reason: DRAWING_REASONS[broken]! };
    const metric = this.#metricOf(group, row);
    const shape = this.#shapeOf(row, statistic, broken);
    const drop = this.#plan === undefined ? undefined : this.#planned(group, metric, row, shape);
    if (this.#isOverall) this.#addOfOverall(group, metric, { row, shape, isLeftOut: drop !== undefined });
    if (drop === undefined) metric.shapes.add(shape);
    return drop;
  }

  /** What was found and stays, as plain data. */
  outline(): FileOutline {
    const shapes = new Places<RowShape>();
    const profiles = new Places<number[]>();
    const placeOf = memo((shape: number) => shapes.placeOf(this.#describe(shape)));
    const groups = [...this.#groups.values()].map((group) => this.#outlineOf(group, { placeOf, profiles }));
    return { shapes: shapes.list, profiles: profiles.list, groups };
  }

  #addReplaced(group: GroupRows, row: number): Verdict {
    const drop = group.plan?.whole;
    if (drop === undefined) group.replaced.add(this.#values.branch.ids[row]!);
    return drop;
  }

  #groupOf(row: number): GroupRows {
    const segmentId = this.#values.segment.ids[row]!;
    const basisId = this.#values.basis.ids[row]!;
    const last = this.#group;
    if (last !== undefined && last.segmentId === segmentId && last.basisId === basisId) return last;
    this.#metric = undefined;
    const key = `${segmentId} ${basisId}`;
    this.#group = this.#groups.get(key) ?? this.#newGroup(segmentId, basisId);
    this.#groups.set(key, this.#group);
    return this.#group;
  }

  #newGroup(segmentId: number, basisId: number): GroupRows {
    const segment = this.#values.segment.text(segmentId);
    const basis = this.#values.basis.text(basisId);
    const plan = this.#plan?.groups.find((group) => group.segment === segment && group.basis === basis);
    return {
      segmentId,
      basisId,
      replaced: new Set(),
      metrics: new Map(),
      clients: [],
      clientsMet: 0,
      plan,
      plannedClients: new Map(plan?.clients.map(({ place, drop }) => [place, drop])),
      plannedOverflows: new Map(plan?.overflows.map(({ branch, factors }) => [branch, factors])),
    };
  }

  #metricOf(group: GroupRows, row: number): MetricRows {
    const metricId = this.#values.metric.ids[row]!;
    const last = this.#metric;
    if (last?.metricId === metricId) return last;
    const known = group.metrics.get(metricId) ?? this.#newMetric(group, metricId);
    group.metrics.set(metricId, known);
    this.#metric = known;
    return known;
  }

  #newMetric({ plan }: GroupRows, metricId: number): MetricRows {
    const name = this.#values.metric.text(metricId);
    const shapes = plan?.metrics.find(({ metric }) => metric === name)?.shapes ?? [];
    return {
      metricId,
      shapes: new Set(),
      magnitudes: new Map(),
      planned: new Map(shapes.map(({ shape, drop }) => [JSON.stringify(shape), drop])),
      drops: new Map(),
    };
  }

  #shapeOf(row: number, statistic: number, broken: number): number {
    const values = this.#values;
    const comparison = values.comparisonFacts.of(values.comparison.ids[row]!);
    const windowId = values.window.ids[row]!;
    const window = windowId === NULL_ID ? 0 : (values.windowFacts.of(windowId) & POSITIVE) !== 0 ? 1 : 2;
    const ofPair = ((comparison * STATISTICS.length + statistic) * WINDOWS.length + window) * DRAWING_REASONS.length;
    return this.#pairId(row) * SHAPES_OF_A_PAIR + ofPair + broken;
  }

  #pairId(row: number): number {
    const values = this.#values;
    const branchId = values.branch.ids[row]!;
    const targetId = values.target.ids[row]!;
    const journey = values.journeyOf(values.metric.ids[row]!);
    if (journey >= 0 && values.isWindowByWindow(journey)) {
      const travelWindowId = values.window.ids[row]!;
      return this.#intern(`${branchId} ${targetId} ${travelWindowId}`, { branchId, targetId, travelWindowId });
    }
    const key = branchId * 0x4000000 + targetId + 1;
    if (key === this.#lastPairKey) return this.#lastPairId;
    this.#lastPairKey = key;
    this.#lastPairId = this.#intern(key, { branchId, targetId, travelWindowId: undefined });
    return this.#lastPairId;
  }

  #intern(key: number | string, pair: BranchPair): number {
    const known = this.#pairIds.get(key);
    if (known !== undefined) return known;
    this.#pairIds.set(key, this.#pairs.length);
    this.#pairs.push(pair);
    return this.#pairs.length - 1;
  }

  #pairOf(shape: number): BranchPair {
    return this.#pairs[Math.floor(shape / SHAPES_OF_A_PAIR)]!;
  }

  /** The plan's decision on a row. */
  #planned(group: GroupRows, metric: MetricRows, row: number, shape: number): Drop | undefined {
    if (group.plan === undefined) return undefined;
    if (!metric.drops.has(shape)) {
      metric.drops.set(shape, metric.planned.get(JSON.stringify(this.#describe(shape))));
    }
    return metric.drops.get(shape) ?? this.#plannedOfOverall(group, row) ?? group.plan.whole;
  }

  #plannedOfOverall(group: GroupRows, row: number): Drop | undefined {
    const values = this.#values;
    if (!this.#isOverall) return undefined;
    if (this.#isClients(row)) return group.plannedClients.get(group.clientsMet);
    if (!this.#isMultiplied(row)) return undefined;
    const branch = values.branch.text(values.branch.ids[row]!) ?? '';
    const point = values.point.at(row);
    const overflows = group.plannedOverflows.get(branch)?.some((factor) => Math.abs(point * factor) === Infinity);
    if (overflows !== true) return undefined;
    return { rule: 'F2', reason: `point of ${branch} times its number of clients is too large a number` };
  }

  #isClients(row: number): boolean {
    return (this.#values.metricFacts.of(this.#values.metric.ids[row]!) & CLIENTS) !== 0;
  }

  /** Whether the console may multiply the row's point by the clients of its branch. */
  #isMultiplied(row: number): boolean {
    const values = this.#values;
    return (
      values.comparisonFacts.of(values.comparison.ids[row]!) === ABSOLUTE &&
      values.statisticFacts.of(values.statistic.ids[row]!) !== NOT_DRAWN
    );
  }

  #addOfOverall(
    group: GroupRows,
    metric: MetricRows,
    { row, shape, isLeftOut }: { readonly row: number; readonly shape: number; readonly isLeftOut: boolean },
  ): void {
    const point = this.#values.point.at(row);
    if (this.#isClients(row)) {
      group.clientsMet += 1;
      if (!isLeftOut) group.clients.push({ branchId: this.#values.branch.ids[row]!, shape, point });
    } else if (!isLeftOut && !Number.isNaN(point) && this.#isMultiplied(row)) {
      const size = Math.abs(point);
      const range = metric.magnitudes.get(shape);
      if (range === undefined) metric.magnitudes.set(shape, { least: size, most: size });
      else if (size < range.least) range.least = size;
      else if (size > range.most) range.most = size;
    }
  }

  #describe(shape: number): RowShape {
    const { branchId, targetId, travelWindowId } = this.#pairOf(shape);
    const ofPair = shape % SHAPES_OF_A_PAIR;
    const broken = ofPair % DRAWING_REASONS.length;
    const window = Math.floor(ofPair / DRAWING_REASONS.length) % WINDOWS.length;
    const statistic = Math.floor(ofPair / (DRAWING_REASONS.length * WINDOWS.length)) % STATISTICS.length;
    const comparison = Math.floor(ofPair / (DRAWING_REASONS.length * WINDOWS.length * STATISTICS.length));
    return {
      branch: this.#values.branch.text(branchId) ?? '',
      target: this.#values.target.text(targetId),
      comparison: COMPARISONS[comparison]!,
      statistic: STATISTICS[statistic]!,
      window: WINDOWS[window]!,
      broken,
      travelWindow: travelWindowId === undefined ? null : this.#values.window.text(travelWindowId),
    };
  }

  #outlineOf(
    group: GroupRows,
    { placeOf, profiles }: { readonly placeOf: (shape: number) => number; readonly profiles: Places<number[]> },
  ): GroupOutline {
    const values = this.#values;
    const branch = (id: number): string => values.branch.text(id) ?? '';
    return {
      segment: values.segment.text(group.segmentId) ?? '',
      basis: values.basis.text(group.basisId) ?? '',
      replaced: [...group.replaced].map(branch),
      metrics: [...group.metrics.values()].map(({ metricId, shapes, magnitudes }) => ({
        metric: values.metric.text(metricId) ?? '',
        isClients: (values.metricFacts.of(metricId) & CLIENTS) !== 0,
        journey: values.journeyOf(metricId),
        profile: profiles.placeOf([...shapes].map(placeOf).sort((a, b) => a - b)),
        magnitudes: [...magnitudes].map(([shape, range]) => ({ shape: placeOf(shape), ...range })),
      })),
      clients: group.clients.map(({ branchId, shape, point }) => ({
        branch: branch(branchId),
        shape: placeOf(shape),
        point: Number.isNaN(point) ? null : point,
      })),
    };
  }
}

function memo(make: (key: number) => number): (key: number) => number {
  const made = new Map<number, number>();
  return (key) => {
    const known = made.get(key) ?? make(key);
    made.set(key, known);
    return known;
  };
}
