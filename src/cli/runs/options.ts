/** Options of `contrail runs` and `contrail retry`. */
import type { RunSelection } from '../../app/runs/select-runs.ts';
import { RUN_OUTCOMES } from '../../domain/run-outcomes.ts';
import { ContrailError } from '../../domain/errors.ts';
import { didYouMean } from '../../domain/nearest-name.ts';
import { parseSince } from '../../domain/since.ts';
import { quote } from '../../domain/slug.ts';

export interface RunsOptions {
  readonly experiment?: readonly string[];
  readonly failed?: true;
  readonly outcome?: string;
  readonly since?: string;
  readonly limit?: string;
  readonly json?: true;
}

export interface RunsRequest {
  readonly selection: RunSelection;
  /** Milliseconds since 1970. */
  readonly since: number;
  /** Most runs to list. */
  readonly limit: number;
}

/** A day: what happened since this time yesterday. */
export const DEFAULT_SINCE = '24h';
const DEFAULT_LIMIT = 50;

/** USAGE for an outcome, a time or a number that cannot be one. */
export function runsRequestOf(slugs: readonly string[], options: RunsOptions, now: number): RunsRequest {
  const { experiment = [], failed, outcome, since = DEFAULT_SINCE, limit, json } = options;
  if (failed && outcome !== undefined) {
    throw new ContrailError('USAGE', 'Give --failed or --outcome, not both.');
  }
  return {
    selection: {
      experiments: [...slugs, ...experiment],
      outcomes: failed ? ['failed'] : outcome === undefined ? [] : outcomesOf(outcome),
    },
    since: parseSince(since, now),
    limit: limit === undefined ? (json ? Infinity : DEFAULT_LIMIT) : countOf(limit),
  };
}

function outcomesOf(text: string): string[] {
  return text.split(',').map((part) => {
    const name = part.trim();
    const known = RUN_OUTCOMES.find((outcome) => outcome === name);
    if (known !== undefined) return known;
    throw new ContrailError('USAGE', `Unknown outcome ${quote(name)}.`, {
      hint: `${didYouMean(name, RUN_OUTCOMES)}The outcomes are ${RUN_OUTCOMES.join(', ')}.`,
    });
  });
}

function countOf(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new ContrailError('USAGE', `--limit must be a number from 1 to 999999, not ${quote(text)}.`);
}
