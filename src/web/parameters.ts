/** Parameters of a page's URL, checked by a schema. A wrong one is refused, never replaced by a default (spec: pages, section 1). */
import { z } from 'zod';
import { didYouMean } from '../domain/nearest-name.ts';

/** A parameter that a page or the API refuses. */
export class ParameterProblem extends Error {
  override readonly name = 'ParameterProblem';
  readonly statusCode = 400;
  readonly parameter: string;
  /** A sentence: what is allowed. */
  readonly allowed: string;

  constructor(parameter: string, message: string, allowed: string) {
    super(message);
    this.parameter = parameter;
    this.allowed = allowed;
  }
}

const LONGEST_SHOWN = 100;

/**
 * The parameters by their schema. Empty ones count as absent, because forms send them. Throws ParameterProblem for the first
 * wrong one. Messages of the schema say what is allowed: `z.string().regex(…, 'a day such as 2026-01-15')`.
 */
export function readParameters<Schema extends z.ZodObject>(schema: Schema, query: unknown): z.output<Schema> {
  const given = Object.entries(Query.parse(query)).filter(([, value]) => value !== '');
  const names = Object.keys(schema.shape);
  for (const [name, value] of given) {
    if (!names.includes(name)) throw unknownParameter(name, names);
    if (typeof value !== 'string') {
      throw new ParameterProblem(name, `The parameter ${quoted(name)} is given more than once.`, 'Give it once.');
    }
  }
  const result = schema.safeParse(Object.fromEntries(given));
  if (result.success) return result.data;
  throw wrongValue(result.error.issues[0], Object.fromEntries(given));
}

const Query = z.record(z.string(), z.union([z.string(), z.array(z.string())])).catch({});

function unknownParameter(name: string, names: readonly string[]): ParameterProblem {
  const allowed = names.length === 0 ? 'There are none here.' : `Known here: ${names.join(', ')}.`;
  const hint = didYouMean(name, names);
  return new ParameterProblem(
    name,
    `There is no parameter ${quoted(name)} here.${hint === '' ? '' : ` ${hint.trim()}`}`,
    allowed,
  );
}

function wrongValue(issue: z.core.$ZodIssue | undefined, given: Readonly<Record<string, unknown>>): ParameterProblem {
  const name = String(issue?.path[0] ?? '');
  const value = z.string().optional().parse(given[name]);
  const allowed = allowedText(issue);
  if (value === undefined) return new ParameterProblem(name, `The parameter ${quoted(name)} is missing.`, allowed);
  return new ParameterProblem(name, `The parameter ${quoted(name)} cannot be ${quoted(value)}.`, allowed);
}

function allowedText(issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code === 'invalid_value') return `Allowed: ${issue.values.map(String).join(', ')}.`;
  const text = issue?.message ?? 'something else';
  return `Allowed: ${text}${text.endsWith('.') ? '' : '.'}`;
}

function quoted(text: string): string {
  return JSON.stringify(text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text);
}

/** The address of a page with other parameters; those that are undefined, empty or the default are left out. */
export function addressOf(
  path: string,
  parameters: Readonly<Record<string, string | number | undefined>>,
  anchor?: string,
): string {
  const given = Object.entries(parameters).flatMap(([name, value]): [string, string][] =>
    value === undefined || value === '' ? [] : [[name, String(value).toWellFormed()]],
  );
  const query = new URLSearchParams(given).toString();
  return `${path}${query === '' ? '' : `?${query}`}${anchor === undefined ? '' : `#${anchor}`}`;
}

/** The number of a page of a list: 1 and up. */
export const PageNumber = z
  .string()
  .regex(/^[1-9]\d{0,5}$/, 'a page number from 1')
  .transform(Number)
  .default(1);

/** A text that somebody looks for. */
export const SearchText = z.string().trim().max(200, 'a text of at most 200 characters').optional();
