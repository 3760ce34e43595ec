/** Types of settings, parsed from text. */
import { z } from 'zod';
import type { RuleLimits } from '../alerts/rule.ts';
import { Secret, WebAddress } from '../domain/secret.ts';

/** A URL that holds no secret. */
export interface SettingUrl {
  /** Without the colon. */
  readonly scheme: string;
  /** As written in the setting. */
  readonly text: string;
  /** The text after `scheme:`, for schemes with a path. */
  readonly path: string;
}

/** Files, or a URL that may hold credentials. */
export type SettingPlace =
  | { readonly scheme: 'file'; readonly path: string }
  | { readonly scheme: 'http' | 'https'; readonly address: WebAddress };

/** A URL; `file:` and `duckdb:` take a path, relative or absolute, with or without `//`. */
export function parsedUrl(schemes: readonly string[]): z.ZodType<SettingUrl, string> {
  const allowed = `a URL that begins with ${schemes.map((scheme) => `${scheme}:`).join(' or ')}`;
  return z.string().transform((text, context) => {
    const match = /^([a-z]+):(.+)$/s.exec(text);
    const scheme = match?.[1] ?? '';
    const rest = match?.[2] ?? '';
    const isPath = scheme === 'file' || scheme === 'duckdb';
    const isUsable =
      schemes.includes(scheme) && (isPath ? pathOf(rest) !== '' : URL.canParse(text) && rest.startsWith('//'));
    if (!isUsable || text.includes('\0')) {
      context.addIssue({ code: 'custom', message: allowed });
      return z.NEVER;
    }
    return { scheme, text, path: isPath ? pathOf(rest) : rest };
  });
}

/** A `file:` path, or an HTTP URL. */
export function place(): z.ZodType<SettingPlace, string> {
  return parsedUrl(['https', 'http', 'file']).transform(({ scheme, text, path }): SettingPlace => {
    if (scheme === 'file') return { scheme, path };
    return { scheme: scheme === 'https' ? 'https' : 'http', address: new WebAddress(text) };
  });
}

/** A URL that may hold a password. */
export function secretUrl(schemes: readonly string[]): z.ZodType<Secret, string> {
  return parsedUrl(schemes).transform(({ text }) => new Secret(text));
}

/** A secret of at least `shortest` characters that a header can carry: printable, without spaces. */
export function secretToken(shortest: number): z.ZodType<Secret, string> {
  return z
    .string()
    .regex(new RegExp(`^[!-~]{${shortest},}$`), `at least ${shortest} characters, printable and without spaces`)
    .transform((text) => new Secret(text));
}

/** A secret of at least `shortest` characters. */
export function secretText(shortest: number): z.ZodType<Secret, string> {
  return z
    .string()
    .min(shortest, `at least ${shortest} characters`)
    .transform((text) => new Secret(text));
}

export function oneOf<const Word extends string>(words: readonly [Word, Word, ...Word[]]): z.ZodType<Word, string> {
  const expected = `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
  return z.string().transform((text, context) => {
    const found = words.find((word) => word === text);
    if (found !== undefined) return found;
    context.addIssue({ code: 'custom', message: expected });
    return z.NEVER;
  });
}

export function yesOrNo(): z.ZodType<boolean, string> {
  return oneOf(['true', 'false']).transform((text) => text === 'true');
}

/** `./out`, `/srv/out`, `///srv/out` and `//localhost/srv/out` as paths. */
function pathOf(rest: string): string {
  return rest.replace(/^\/\/(?:localhost)?(?=\/)/, '').replace(/^\/\//, '');
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A duration such as `500ms`, `20s`, `5m`, `6h` or `7d`, of at most `longest`, in milliseconds. */
export function duration(longest: string): z.ZodType<number, string> {
  const expected = `a duration such as 500ms, 20s, 5m, 6h or 7d, at most ${longest}`;
  return z
    .string()
    .regex(/^[1-9]\d{0,8}(?:ms|s|m|h|d)$/, expected)
    .transform(milliseconds)
    .refine((value) => value <= milliseconds(longest), expected);
}

function milliseconds(text: string): number {
  return Number.parseInt(text, 10) * (UNITS[text.replace(/^\d+/, '')] ?? 1);
}

/** Names separated by commas; an empty text has none. */
export function names(): z.ZodType<readonly string[], string> {
  return z.string().transform((text) =>
    text
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== ''),
  );
}

/** An HTTP URL that is shown to people, so it may hold no secret. */
export function publicAddress(): z.ZodType<string, string> {
  const expected = 'a URL that begins with https:// or http://, without user, password and query';
  return z.string().refine((text) => /^https?:\/\//.test(text) && isWithoutSecret(text), expected);
}

function isWithoutSecret(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { username, password, search } = new URL(text);
  return username === '' && password === '' && search === '';
}

/** Thresholds by rule, `M3=500,C1=0.5/2`; the number after the slash is the critical threshold. */
export function ruleLimits(rules: readonly string[]): z.ZodType<Readonly<Record<string, RuleLimits>>, string> {
  return z.string().transform((text, context) => {
    const limits: Record<string, RuleLimits> = {};
    for (const entry of text.split(',').filter((part) => part.trim() !== '')) {
      const found = /^\s*(?<rule>\w+)\s*=\s*(?<threshold>\d+(?:\.\d+)?)(?:\/(?<critical>\d+(?:\.\d+)?))?\s*$/.exec(
        entry,
      )?.groups;
      if (found === undefined || !rules.includes(found['rule'] ?? '')) {
        const message = `rules with thresholds, such as M3=500 or C1=0.5/2; the rules are ${rules.join(', ')}`;
        context.addIssue({ code: 'custom', message });
        return z.NEVER;
      }
      const { rule = '', threshold, critical } = found;
      limits[rule] = {
        threshold: Number(threshold),
        ...(critical === undefined ? {} : { criticalThreshold: Number(critical) }),
      };
    }
    return limits;
  });
}

/** A whole number from 1 to `largest`. */
export function positiveInteger(largest: number): z.ZodType<number, string> {
  const allowed = `a whole number from 1 to ${largest}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, allowed)
    .transform(Number)
    .refine((value) => value >= 1 && value <= largest, allowed);
}

export function wholeNumber(largest: number): z.ZodType<number, string> {
  const allowed = `a whole number from 0 to ${largest}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, allowed)
    .transform(Number)
    .refine((value) => value <= largest, allowed);
}

/** A share from 0 to 1. */
export function share(): z.ZodType<number, string> {
  const allowed = 'a share from 0 to 1, such as 0.1';
  return z
    .string()
    .regex(/^\d(?:\.\d+)?$/, allowed)
    .transform(Number)
    .refine((value) => value <= 1, allowed);
}

/** `bigquery://my-project?location=US`: a project, and at most a location. */
export function isProjectUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { pathname, searchParams, username, port } = new URL(text);
  return (
    /^bigquery:\/\/[a-z0-9.:-]{1,120}(?:[/?]|$)/.test(text) &&
    (pathname === '' || pathname === '/') &&
    [...searchParams.keys()].every((key) => key === 'location') &&
    username === '' &&
    port === ''
  );
}

/** `127.0.0.1:9050` or a URL, as a URL. A user is refused, because emulators need none. */
export function hostOrUrl(): z.ZodType<string, string> {
  return z.string().transform((text, context) => {
    const url = /^https?:\/\//.test(text) ? text : `http://${text}`;
    if (isWithoutSecret(url) && new URL(url).hostname !== '') return url.replace(/\/+$/, '');
    context.addIssue({ code: 'custom', message: 'host:port or a URL, without user, password and query' });
    return z.NEVER;
  });
}

const SIZES: Readonly<Record<string, number>> = { kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 };

/** A size such as `500MB` or `2TB`, in bytes. */
export function byteSize(): z.ZodType<number, string> {
  return z
    .string()
    .regex(/^[1-9]\d{0,5} ?(?:kB|MB|GB|TB)$/, 'a size such as 500MB, 100GB or 2TB')
    .transform((text) => Number.parseInt(text, 10) * (SIZES[text.slice(-2)] ?? 1));
}

/** An amount in US dollars, such as `0.06`. */
export function usd(): z.ZodType<number, string> {
  return z
    .string()
    .regex(/^\d{1,7}(?:\.\d{1,9})?$/, 'an amount in US dollars, such as 0.06')
    .transform(Number);
}

/** A TCP port; 0 means any free one. */
export function portNumber(): z.ZodType<number, string> {
  return z
    .string()
    .regex(/^\d{1,5}$/, 'a port, 0 to 65535')
    .transform(Number)
    .refine((port) => port <= 65_535, 'a port, 0 to 65535');
}

/** `projects/P/subscriptions/S`. */
export function subscriptionName(): z.ZodType<string, string> {
  return z
    .string()
    .regex(
      /^projects\/[a-z0-9.:-]{1,100}\/subscriptions\/[A-Za-z][A-Za-z0-9._~+%-]{2,254}$/,
      'projects/PROJECT/subscriptions/NAME',
    );
}
