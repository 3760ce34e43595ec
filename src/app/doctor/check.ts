/** Checks of the set-up, each limited in time. One that fails stops no other. */
import { ERROR_CATALOGUE, type ContrailError, toContrailError } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';

export type CheckState = 'ok' | 'warning' | 'failed';

export interface CheckResult {
  /** What was checked: `Redis memory`. */
  readonly check: string;
  readonly state: CheckState;
  /** What was found, as a sentence. */
  readonly detail: string;
  /** What to do about it. */
  readonly remedy?: string;
}

/** Checks that share what they read. If reading fails, that is the only result. */
export interface CheckGroup {
  readonly name: string;
  /** How long it may take; default 10 s. */
  readonly limitMs?: number;
  readonly run: (signal: AbortSignal) => Promise<readonly CheckResult[]>;
}

const LIMIT_MS = 10_000;

/** All results, in the order of the groups, which run at the same time. */
export async function runChecks(
  groups: readonly CheckGroup[],
  clock: Pick<Clock, 'startTimer'>,
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const results = await Promise.all(groups.map((group) => runGroup(group, clock, signal)));
  return results.flat();
}

async function runGroup(
  { name, limitMs = LIMIT_MS, run }: CheckGroup,
  clock: Pick<Clock, 'startTimer'>,
  signal: AbortSignal,
): Promise<readonly CheckResult[]> {
  const stop = new AbortController();
  let cancel: () => void = () => undefined;
  const limit = new Promise<readonly CheckResult[]>((resolve) => {
    cancel = clock.startTimer(limitMs, () => {
      stop.abort();
      const detail = `No answer within ${limitMs / 1_000} s.`;
      resolve([{ check: name, state: 'failed', detail, remedy: 'Check the network, the proxy and the service.' }]);
    });
  });
  try {
    const running = run(AbortSignal.any([signal, stop.signal]));
    // After the time is over, its failure means nothing.
    running.catch(() => undefined);
    return await Promise.race([running, limit]);
  } catch (error) {
    signal.throwIfAborted();
    return [failed(name, toContrailError(error))];
  } finally {
    cancel();
  }
}

export function ok(check: string, detail: string): CheckResult {
  return { check, state: 'ok', detail };
}

export function warning(check: string, detail: string, remedy: string): CheckResult {
  return { check, state: 'warning', detail, remedy };
}

/** An error as a result; without a hint, the remedy of its code. */
export function failed(check: string, { code, message, hint }: ContrailError): CheckResult {
  return { check, state: 'failed', detail: message, remedy: hint ?? ERROR_CATALOGUE[code].remedy };
}

/** One check, whose failure is its result. An abort is thrown. */
export async function tried(
  check: string,
  signal: AbortSignal,
  work: () => Promise<CheckResult>,
): Promise<CheckResult> {
  try {
    return await work();
  } catch (error) {
    signal.throwIfAborted();
    return failed(check, toContrailError(error));
  }
}
