/** Merges one configuration over another (spec: metadata, section 5). Changes neither. */
import {
  type Definition,
  type Definitions,
  METRIC_PERIODS,
  type Named,
  type Outcome,
  type PeriodLists,
  type Settings,
} from './configuration.ts';
import type { Sourced } from './sourced.ts';
import { globPattern, isGlob } from './glob.ts';
import { mergeParameters } from './merge-parameters.ts';

type Fields = Readonly<Record<string, Sourced<unknown> | undefined>>;

const VALID_NAME = /^[A-Za-z0-9_]+$/;

/** Each field of `over`, else that of `under`. Empty, zero and false never override. */
function mergeFields<Of extends Fields>(under: Of, over: Of): Of {
  const merged = { ...under };
  for (const key in over) if (saysSomething(over[key]?.value)) merged[key] = over[key];
  return merged;
}

function saysSomething(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (value instanceof Map) return value.size > 0;
  return Boolean(value);
}

/**
 * Merges definitions by name. A name of `over` may be a pattern for names of `under`. Names only in `over` are appended,
 * if they are not patterns.
 */
function mergeNamed<Of extends Fields>(
  under: Named<Definition<Of>>,
  over: Named<Definition<Of>>,
): Named<Definition<Of>> {
  const merged = new Map(under);
  const matches = matcherOf(over);
  for (const [name, definition] of under) {
    for (const upper of matches(name)) {
      const fields = mergeFields(merged.get(name)?.fields ?? definition.fields, upper.fields);
      merged.set(name, { ...definition, fields });
    }
  }
  for (const [name, definition] of over) {
    if (!merged.has(name) && VALID_NAME.test(name)) merged.set(name, definition);
  }
  return merged;
}

/** Returns a function that finds the definitions for a name, in their order. */
function matcherOf<Of>(over: Named<Definition<Of>>): (name: string) => Definition<Of>[] {
  if (![...over.keys()].some(isGlob)) {
    return (name) => {
      const definition = over.get(name);
      return definition === undefined ? [] : [definition];
    };
  }
  const patterns = [...over].map(([name, definition]) => ({ pattern: globPattern(name), definition }));
  return (name) => patterns.filter(({ pattern }) => pattern.test(name)).map(({ definition }) => definition);
}

/** `jetstream/definitions` over `definitions`. */
export function mergeDefinitions(under: Definitions, over: Definitions): Definitions {
  return {
    metrics: mergeNamed(under.metrics, over.metrics),
    dataSources: mergeNamed(under.dataSources, over.dataSources),
    segments: new Map([...under.segments, ...over.segments]),
    segmentSources: new Map([...under.segmentSources, ...over.segmentSources]),
  };
}

/** An experiment's file over the defaults. Its `[parameters]` are ignored, as the format requires. */
export function mergeSettings(under: Settings, over: Settings): Settings {
  return {
    ...mergeDefinitions(under, over),
    lists: joinLists(over.lists, under.lists),
    parameters: under.parameters,
    experiment: mergeFields(under.experiment, over.experiment),
  };
}

/** Merges an outcome under the configuration. */
export function putUnder(outcome: Outcome, over: Settings): Settings {
  return {
    ...over,
    metrics: mergeNamed(outcome.metrics, over.metrics),
    dataSources: mergeNamed(outcome.dataSources, over.dataSources),
    lists: joinLists(over.lists, outcome.lists),
    parameters: mergeParameters(over.parameters, outcome.parameters),
  };
}

function joinLists(first: PeriodLists, second: PeriodLists): PeriodLists {
  return listsOf((period) => [...first[period], ...second[period]]);
}

/** Period lists, made by a function of the period. */
export function listsOf(make: (period: keyof PeriodLists) => PeriodLists['daily']): PeriodLists {
  const entries = METRIC_PERIODS.map((period) => [period, make(period)] as const);
  return Object.fromEntries(entries) as PeriodLists;
}
