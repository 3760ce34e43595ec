/** The metrics of this process, kept by prom-client, with those of Node itself (event loop, memory, garbage collection). */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import {
  type CounterName,
  type GaugeName,
  type HistogramName,
  type LabelsOf,
  type MetricDefinition,
  type MetricKind,
  METRICS,
  type ReadableMetrics,
} from '../../ports/metrics.ts';

/** From a small table that is unchanged to a very large one. */
const SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600];

export interface PrometheusMetricsOptions {
  /** Also measure the process itself; once a process, because it observes the event loop. */
  readonly measuresProcess: boolean;
}

export class PrometheusMetrics implements ReadableMetrics {
  readonly #registry = new Registry();
  readonly #counters: ReadonlyMap<string, Counter>;
  readonly #gauges: ReadonlyMap<string, Gauge>;
  readonly #histograms: ReadonlyMap<string, Histogram>;

  constructor({ measuresProcess }: PrometheusMetricsOptions) {
    const registers = [this.#registry];
    const made = <Metric>(kind: MetricKind, make: (options: CommonOptions) => Metric) =>
      new Map(
        definitionsOf(kind).map(([name, { text, labels }]) => [
          name,
          make({ name, help: text, labelNames: [...labels], registers }),
        ]),
      );
    this.#counters = made('counter', (options) => new Counter(options));
    this.#gauges = made('gauge', (options) => new Gauge(options));
    this.#histograms = made('histogram', (options) => new Histogram({ ...options, buckets: SECONDS }));
    if (measuresProcess) collectDefaultMetrics({ register: this.#registry });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  add<Name extends CounterName>(name: Name, labels: LabelsOf<Name>, amount = 1): void {
    if (amount > 0 && Number.isFinite(amount)) this.#counters.get(name)?.inc(labels, amount);
  }

  observe<Name extends HistogramName>(name: Name, labels: LabelsOf<Name>, value: number): void {
    if (Number.isFinite(value)) this.#histograms.get(name)?.observe(labels, value);
  }

  set<Name extends GaugeName>(name: Name, labels: LabelsOf<Name>, value: number): void {
    if (Number.isFinite(value)) this.#gauges.get(name)?.set(labels, value);
  }

  forget(name: GaugeName): void {
    this.#gauges.get(name)?.reset();
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }
}

interface CommonOptions {
  readonly name: string;
  readonly help: string;
  readonly labelNames: string[];
  readonly registers: Registry[];
}

function definitionsOf(kind: MetricKind): [string, MetricDefinition][] {
  return Object.entries<MetricDefinition>(METRICS).filter(([, definition]) => definition.kind === kind);
}
