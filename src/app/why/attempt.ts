/** Reading several sources, where one that fails must not stop the others. */
import { type ContrailError, toContrailError } from '../../domain/errors.ts';

export type Attempt<Value> = { readonly value: Value } | { readonly error: ContrailError };

/** The value, or the error if only this cannot be read. An abort is thrown. */
export async function attempt<Value>(read: () => Promise<Value>, signal: AbortSignal): Promise<Attempt<Value>> {
  try {
    return { value: await read() };
  } catch (error) {
    signal.throwIfAborted();
    return { error: toContrailError(error) };
  }
}

/** Each error once, by its sentence. */
export function distinctErrors(errors: readonly ContrailError[]): ContrailError[] {
  return [...new Map(errors.map((error) => [error.sentence, error])).values()];
}
