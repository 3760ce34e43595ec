/**
 * The file rules (spec: statistics, section 4, F1 to F7, and R4 for `mean`), applied to the outline of the rows. Drops as few
 * rows as possible. Dropping can break further rules, so F1 to F4 repeat until they drop nothing more.
 */
import type { ConsoleRules, FileRule, ReadPeriod } from '../../../domain/console-rules.ts';
import type { Drop, DropPlan, GroupDrops, MetricDrops } from './drop-plan.ts';
import type { FileOutline, GroupOutline, RowShape } from './outline.ts';
import { DRAWING_REASONS } from './row-rules.ts';

export interface FileContext {
  readonly period: ReadPeriod;
  readonly rules: ConsoleRules;
  /** Whether the experiment has a primary outcome. */
  readonly isPrimary: boolean;
  /** Whether a file that the console reads earlier has enrollments of segment `all`. */
  readonly hasEarlierEnrollments: boolean;
}

/** What to drop so that the file keeps all rules; undefined: nothing. */
export function decideDrops(outline: FileOutline, context: FileContext): DropPlan | undefined {
  const groups = outline.groups.map((group) => new GroupRules(outline, group, context));
  for (const group of groups) group.settle();
  for (const group of groups) group.dropWhole();
  dropLonelyExposures(groups, context);
  const drops = groups.flatMap((group) => group.drops() ?? []);
  return drops.length === 0 ? undefined : { groups: drops };
}

/** Whether a plan drops something only because no earlier file has enrollments. */
export function hangsOnEarlierFiles(plan: DropPlan): boolean {
  return plan.groups.some(({ whole }) => whole?.rule === 'F7');
}

/** F7: without enrollments, in this file or an earlier one, the console cannot show exposures of `all`. */
function dropLonelyExposures(groups: readonly GroupRules[], { rules, hasEarlierEnrollments }: FileContext): void {
  if (!rules.fileRules.includes('F7') || hasEarlierEnrollments) return;
  const find = (basis: string): GroupRules | undefined =>
    groups.find((group) => group.segment === 'all' && group.basis === basis && group.isLeft);
  if (find('enrollments') !== undefined) return;
  find('exposures')?.drop('F7', 'segment all has rows for exposures and none for enrollments');
}

type ClientRow = GroupOutline['clients'][number] & { readonly place: number };

interface Metric {
  readonly name: string;
  readonly isClients: boolean;
  readonly journey: number;
  /** Shapes whose rows are left. */
  readonly shapes: Set<number>;
  readonly magnitudes: ReadonlyMap<number, { readonly least: number; readonly most: number }>;
  readonly drops: { shape: number; drop: Drop }[];
}

/** The rules within one group: rows with one segment and one basis. */
class GroupRules {
  readonly segment: string;
  readonly basis: string;
  readonly #shapes: readonly RowShape[];
  readonly #context: FileContext;
  readonly #metrics: readonly Metric[];
  readonly #clients: readonly ClientRow[];
  readonly #droppedClients = new Map<number, Drop>();
  /** By branch: the numbers of clients that made points overflow. */
  readonly #factors = new Map<string, Set<number>>();
  readonly #hasReplaced: boolean;
  #whole: Drop | undefined;

  constructor(outline: FileOutline, group: GroupOutline, context: FileContext) {
    this.segment = group.segment;
    this.basis = group.basis;
    this.#shapes = outline.shapes;
    this.#context = context;
    this.#hasReplaced = group.replaced.length > 0;
    this.#clients = group.clients.map((row, place) => ({ ...row, place }));
    this.#metrics = group.metrics.map(({ metric, profile, magnitudes, ...rest }) => ({
      ...rest,
      name: metric,
      shapes: new Set(outline.profiles[profile]),
      magnitudes: new Map(magnitudes.map(({ shape, least, most }) => [shape, { least, most }])),
      drops: [],
    }));
  }

  /** Whether the group has rows left. */
  get isLeft(): boolean {
    return this.#whole === undefined && (this.#hasReplaced || this.#hasRows());
  }

  /** R4 of `mean`, then F1 to F4, until nothing more is dropped. */
  settle(): void {
    const rules = [
      () => this.#refuseMeans(),
      () => this.#on('F1') && this.#dropMissingClients(),
      () => this.#on('F2') && this.#dropOverflows(),
      () => this.#on('F3') && this.#dropWindowless(),
      () => this.#on('F4') && this.#dropStrangers(),
    ];
    while (rules.map((apply) => apply()).some(Boolean));
  }

  /** F5 and F6: groups that must be dropped. */
  dropWhole(): void {
    const { period, isPrimary } = this.#context;
    if (period !== 'overall' && this.#on('F5') && this.#hasReplaced && !this.#hasRows()) {
      this.drop('F5', `${this.#where} has only rows that Experimenter replaces`);
    }
    const hasClients = this.#metrics.some(({ isClients, shapes }) => isClients && shapes.size > 0);
    if (period === 'overall' && isPrimary && this.#on('F6') && this.#hasRows() && !hasClients) {
      const name = this.#context.rules.clientsMetric;
      this.drop('F6', `${this.#where} has no ${name} rows, which Experimenter needs for primary outcomes`);
    }
  }

  drop(rule: FileRule, reason: string): void {
    this.#whole = { rule, reason };
  }

  /** What to drop from this group; undefined: nothing. */
  drops(): GroupDrops | undefined {
    const metrics: MetricDrops[] = this.#metrics.flatMap(({ name, drops }) =>
      drops.length === 0
        ? []
        : [{ metric: name, shapes: drops.map(({ shape, drop }) => ({ shape: this.#shapes[shape]!, drop })) }],
    );
    const clients = [...this.#droppedClients].map(([place, drop]) => ({ place, drop }));
    const overflows = [...this.#factors].map(([branch, factors]) => ({ branch, factors: [...factors] }));
    if (this.#whole === undefined && metrics.length + clients.length + overflows.length === 0) return undefined;
    return {
      segment: this.segment,
      basis: this.basis,
      ...(this.#whole === undefined ? {} : { whole: this.#whole }),
      metrics,
      clients,
      overflows,
    };
  }

  #on(rule: FileRule): boolean {
    return this.#context.rules.fileRules.includes(rule);
  }

  get #where(): string {
    return `segment ${this.segment} (${this.basis})`;
  }

  #hasRows(): boolean {
    return this.#metrics.some(({ shapes }) => shapes.size > 0);
  }

  /** Whether rows of the shape are drawn: `mean` only without a `mean_lm` of the same metric. */
  #isDrawn({ shapes, isClients }: Metric, { statistic }: RowShape): boolean {
    if (statistic === 'percentage') return !isClients;
    if (statistic === 'mean') return ![...shapes].some((shape) => this.#shapes[shape]!.statistic === 'mean_lm');
    return statistic !== 'not drawn';
  }

  /** Drops the broken shapes of a metric; returns whether there were any. */
  #dropShapes(metric: Metric, dropOf: (shape: RowShape, place: number) => Drop | undefined): boolean {
    const found = [...metric.shapes].flatMap((shape) => {
      const drop = dropOf(this.#shapes[shape]!, shape);
      return drop === undefined ? [] : [{ shape, drop }];
    });
    for (const { shape } of found) metric.shapes.delete(shape);
    metric.drops.push(...found);
    return found.length > 0;
  }

  #dropInAll(dropOf: (metric: Metric, shape: RowShape, place: number) => Drop | undefined): boolean {
    return this.#metrics
      .map((metric) => this.#dropShapes(metric, (shape, place) => dropOf(metric, shape, place)))
      .some(Boolean);
  }

  /** R4 of `mean` rows that are drawn after all. */
  #refuseMeans(): boolean {
    return this.#dropInAll((metric, shape) =>
      shape.broken > 0 && this.#isDrawn(metric, shape)
        ? { rule: 'R4', reason: DRAWING_REASONS[shape.broken]! }
        : undefined,
    );
  }

  /** The remaining rows that count clients, in file order. */
  #clientsLeft(): readonly ClientRow[] {
    const shapes = this.#metrics.find(({ isClients }) => isClients)?.shapes;
    return this.#clients.filter(({ place, shape }) => !this.#droppedClients.has(place) && shapes?.has(shape) === true);
  }

  /** F1: if branches have clients, each has its number. The console takes the last row of each branch. */
  #dropMissingClients(): boolean {
    if (this.#context.period !== 'overall') return false;
    const lastOf = new Map(this.#clientsLeft().map((row) => [row.branch, row]));
    const last = [...lastOf.values()];
    const total = last.reduce((sum, { point }) => sum + (point ?? 0), 0);
    const missing = total > 0 ? last.filter(({ point }) => point === null) : [];
    for (const { branch, place } of missing) {
      const name = this.#context.rules.clientsMetric;
      const reason = `${branch} has no number of clients (${name}) in ${this.#where}, other branches do`;
      this.#droppedClients.set(place, { rule: 'F1', reason });
    }
    if (missing.length > 0) this.#forgetGoneClients();
    return missing.length > 0;
  }

  /** Drops a shape of client rows when its last row is dropped. */
  #forgetGoneClients(): void {
    const left = new Set(this.#clientsLeft().map(({ shape }) => shape));
    const metric = this.#metrics.find(({ isClients }) => isClients);
    for (const shape of metric?.shapes ?? []) if (!left.has(shape)) metric?.shapes.delete(shape);
  }

  /** F2: the point of a primary metric times its branch's clients is a finite number. */
  #dropOverflows(): boolean {
    if (this.#context.period !== 'overall' || !this.#context.isPrimary) return false;
    const factors = new Map<string, number | null>();
    for (const { branch, shape, point } of this.#clientsLeft()) {
      if (this.#shapes[shape]!.comparison === 'absolute' && !factors.has(branch)) factors.set(branch, point);
    }
    let hasChanged = false;
    for (const metric of this.#metrics) {
      for (const [place, { least, most }] of metric.magnitudes) {
        const shape = this.#shapes[place]!;
        const factor = factors.get(shape.branch) ?? null;
        if (factor === null || !metric.shapes.has(place) || !this.#isDrawn(metric, shape)) continue;
        if (Number.isFinite(most * factor)) continue;
        const known = this.#factors.get(shape.branch) ?? new Set();
        this.#factors.set(shape.branch, known.add(factor));
        if (Number.isFinite(least * factor)) continue;
        metric.shapes.delete(place);
        hasChanged = true;
      }
    }
    return hasChanged;
  }

  /** F3: in a list of rows with windows, none has a null window. */
  #dropWindowless(): boolean {
    if (this.#context.period === 'overall') return false;
    const lists = new Map<Metric, Set<string>>();
    for (const metric of this.#metrics) {
      const all = [...metric.shapes].map((shape) => this.#shapes[shape]!);
      if (!all.some(({ window }) => window === 'null')) continue;
      const numbered = all.filter((shape) => shape.window === 'positive' && this.#isListed(metric, shape));
      lists.set(metric, new Set(numbered.map(listOf)));
    }
    return this.#dropInAll((metric, shape) =>
      shape.window === 'null' && this.#isListed(metric, shape) && lists.get(metric)?.has(listOf(shape)) === true
        ? { rule: 'F3', reason: `window_index of ${metric.name} is null beside rows with windows in ${this.#where}` }
        : undefined,
    );
  }

  /** Whether the page shows rows of the shape by window. */
  #isListed(metric: Metric, shape: RowShape): boolean {
    const { comparison, target } = shape;
    return (comparison === 'absolute' || (comparison === 'uplift' && target !== null)) && this.#isDrawn(metric, shape);
  }

  /** F4: a branch that others are compared with has rows of its own. Rows that are copied must find them among the copied ones. */
  #dropStrangers(): boolean {
    const present = this.#branches();
    return this.#dropInAll((metric, shape) => {
      const { comparison, target, travelWindow } = shape;
      if ((comparison !== 'difference' && comparison !== 'uplift') || target === null) return undefined;
      if (!this.#isDrawn(metric, shape)) return undefined;
      const isThere = metric.journey < 0 || present.travelling.has(travellerKey(metric.journey, travelWindow, target));
      if (isThere && present.all.has(target)) return undefined;
      const among = metric.journey < 0 ? '' : ` of ${metric.name}`;
      return { rule: 'F4', reason: `${target} has no rows${among} in ${this.#where}, but is compared with` };
    });
  }

  /** Branches with remaining rows, in all and on each journey. */
  #branches(): { readonly all: ReadonlySet<string>; readonly travelling: ReadonlySet<string> } {
    const all = new Set<string>();
    const travelling = new Set<string>();
    for (const { shapes, journey } of this.#metrics) {
      for (const place of shapes) {
        const { branch, travelWindow } = this.#shapes[place]!;
        all.add(branch);
        if (journey >= 0) travelling.add(travellerKey(journey, travelWindow, branch));
      }
    }
    return { all, travelling };
  }
}

function travellerKey(journey: number, window: string | null, branch: string): string {
  return JSON.stringify([journey, window, branch]);
}

/** The metric's list that rows of the shape belong to. */
function listOf({ branch, comparison, target }: RowShape): string {
  return JSON.stringify([branch, comparison === 'absolute' ? null : target]);
}
