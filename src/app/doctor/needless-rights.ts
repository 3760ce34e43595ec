/** Rights that Contrail should not have: who takes its credentials could do more harm with them. */
import { type CheckResult, ok, warning } from './check.ts';

/** A result, or none where nobody tells: emulators do not, and other checks say what is wrong with the service. */
export async function needlessRights(
  check: string,
  ask: () => Promise<readonly string[] | undefined>,
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const held = await ask().catch(() => undefined);
  signal.throwIfAborted();
  if (held === undefined) return [];
  if (held.length === 0) return [ok(check, 'Contrail has no right there that it does not need.')];
  const remedy = 'Give it a role without them; docs/security.md lists what is needed.';
  return [
    warning(check, `Contrail does not need ${held.join(', ')}, and has ${held.length === 1 ? 'it' : 'them'}.`, remedy),
  ];
}
