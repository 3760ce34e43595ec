/** A part of Contrail that reads text or bytes from outside, and what must hold whatever they are. */
import { inspect } from 'node:util';
import { ContrailError, type ErrorCode } from '../../src/domain/errors.ts';
import { Random } from './random.ts';

export interface FuzzTarget {
  readonly name: string;
  /** One line for `--help`. */
  readonly about: string;
  /** How many inputs the unit test tries, in about a second. */
  readonly quickInputs: number;
  /** Makes an input and checks it. Returns what is wrong. */
  readonly tryInput: (random: Random) => string | undefined;
}

export interface FuzzDefinition<Input> extends Omit<FuzzTarget, 'tryInput'> {
  readonly make: (random: Random) => Input;
  /** Throws where a rule does not hold. */
  readonly check: (input: Input) => void;
}

/** A target from a maker of inputs and a check of one. */
export function fuzzTarget<Input>({ make, check, ...rest }: FuzzDefinition<Input>): FuzzTarget {
  return {
    ...rest,
    tryInput: (random) => {
      const input = make(random);
      try {
        check(input);
        return undefined;
      } catch (error) {
        const problem = error instanceof Error ? (error.stack ?? error.message) : String(error);
        return `${cut(problem)}\ninput: ${cut(inspect(input, { depth: 8, maxStringLength: 300, breakLength: 120 }))}`;
      }
    },
  };
}

export interface FuzzFailure {
  readonly index: number;
  readonly problem: string;
}

export interface FuzzRun {
  readonly seed: number;
  readonly first: number;
  readonly inputs: number;
}

const MOST_FAILURES = 5;

/** The first failures of a run; `onInput` is told of each input before it is tried. */
export function runInputs(
  target: FuzzTarget,
  { seed, first, inputs }: FuzzRun,
  onInput: (index: number) => void = () => undefined,
): FuzzFailure[] {
  const failures: FuzzFailure[] = [];
  for (let index = first; index < first + inputs && failures.length < MOST_FAILURES; index++) {
    onInput(index);
    const problem = target.tryInput(new Random(seed, index));
    if (problem !== undefined) failures.push({ index, problem });
  }
  return failures;
}

/** The value, or undefined where it was refused with one of these codes. Any other error is a failure of the target. */
export function unlessRefused<Value>(codes: readonly ErrorCode[], read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof ContrailError && codes.includes(error.code)) return undefined;
    throw error;
  }
}

export function mustHold(claim: boolean, rule: string): void {
  if (!claim) throw new Error(`Does not hold: ${rule}`);
}

export function mustEqual(actual: unknown, expected: unknown, what: string): void {
  if (Object.is(actual, expected)) return;
  if (typeof actual !== 'string' || typeof expected !== 'string') {
    throw new Error(`${what}: ${cut(inspect(actual))} instead of ${cut(inspect(expected))}`);
  }
  let same = 0;
  while (same < actual.length && actual[same] === expected[same]) same++;
  const from = Math.max(0, same - 20);
  const near = (text: string): string => JSON.stringify(text.slice(from, same + 60));
  throw new Error(`${what}: from character ${from} ${near(actual)} instead of ${near(expected)}`);
}

function cut(text: string): string {
  return text.length > 1500 ? `${text.slice(0, 1500)}… (${text.length} characters)` : text;
}
