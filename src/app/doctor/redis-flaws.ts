/** Known flaws of Redis that let somebody who may run commands run programs on its machine. */
import { type CheckResult, ok, warning } from './check.ts';

interface Flaw {
  readonly id: string;
  readonly what: string;
  /** The first version without it, of each release line that got one. Newer lines never had it, others were left with it. */
  readonly fixedIn: { readonly redis: readonly string[]; readonly valkey: readonly string[] };
}

const FLAWS: readonly Flaw[] = [
  {
    id: 'CVE-2025-49844',
    what: 'in Lua scripts',
    fixedIn: {
      redis: ['6.2.20', '7.2.11', '7.4.6', '8.0.4', '8.2.2'],
      valkey: ['7.2.11', '8.0.6', '8.1.4'],
    },
  },
  {
    id: 'CVE-2026-23479',
    what: 'in blocking commands',
    fixedIn: {
      redis: ['6.2.22', '7.2.14', '7.4.9', '8.2.6', '8.4.3', '8.6.3'],
      valkey: ['7.2.13', '8.0.8', '8.1.7', '9.0.4'],
    },
  },
];

/** The flaws of a version as one result. A version that cannot be read counts as the oldest. */
export function judgeFlaws(server: 'redis' | 'valkey', version: string): CheckResult {
  const check = 'Redis flaws';
  const found = FLAWS.filter(({ fixedIn }) => !isFixed(version, fixedIn[server]));
  if (found.length === 0) return ok(check, 'It has no flaw that Contrail knows of.');
  const names = found.map(({ id, what }) => `${id} (${what})`).join(' and ');
  // The versions that have all mends.
  const advised = FLAWS.at(-1)?.fixedIn[server].join(', ') ?? '';
  return warning(
    check,
    `By its version it has ${names}: whoever may run commands may take over its machine.`,
    `Update it to ${advised}, or newer. Providers and distributions may have corrected it under the old version; ask them.`,
  );
}

function isFixed(version: string, fixedIn: readonly string[]): boolean {
  const found = numbersOf(version);
  const fixes = fixedIn.map(numbersOf);
  const sameLine = fixes.find((fix) => lineOf(fix) === lineOf(found));
  if (sameLine !== undefined) return found.patch >= sameLine.patch;
  return fixes.every((fix) => lineOf(fix) < lineOf(found));
}

interface Version {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

function numbersOf(version: string): Version {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map((part) => Number.parseInt(part, 10) || 0);
  return { major, minor, patch };
}

/** Release lines, in order. */
function lineOf({ major, minor }: Version): number {
  return major * 1_000 + minor;
}
