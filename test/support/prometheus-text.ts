/** Reads the text of `/metrics` with a parser that is not ours. */
import parse from 'parse-prometheus-text-format';
import { z } from 'zod';

const Labels = z.record(z.string(), z.string()).optional();
const Families = z.array(
  z.object({
    name: z.string(),
    help: z.string(),
    type: z.enum(['COUNTER', 'GAUGE', 'HISTOGRAM', 'SUMMARY', 'UNTYPED']),
    metrics: z.array(
      z.object({
        labels: Labels,
        value: z.string().optional(),
      }),
    ),
  }),
);

export interface ReadMetrics {
  readonly families: z.infer<typeof Families>;
  /** The value with exactly these labels; undefined if there is none. Not of histograms, whose labels the parser drops. */
  readonly value: (name: string, labels?: Readonly<Record<string, string>>) => number | undefined;
}

export function readMetrics(text: string): ReadMetrics {
  const families = Families.parse(parse(text));
  return {
    families,
    value(name, labels = {}) {
      const family = families.find((candidate) => candidate.name === name);
      const found = family?.metrics.find((metric) => isSame(metric.labels ?? {}, labels));
      return found?.value === undefined ? undefined : Number(found.value);
    },
  };
}

function isSame(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}
