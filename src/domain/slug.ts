/** Experiment slugs and the names made from them (spec: statistics, section 1). */
import { createHash } from 'node:crypto';
import { ContrailError } from './errors.ts';
import { printableJson } from './terminal-text.ts';

const LONGEST_SLUG = 80;

// Code points below U+0020, and U+007F–U+009F: not allowed in names, log lines and paths.
// oxlint-disable-next-line no-control-regex -- control characters are what this looks for
const CONTROL_CHARACTER = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/** Checks a slug; throws SLUG_INVALID with the reason. */
export function checkSlug(slug: string): string {
  const problem = slugProblem(slug);
  if (problem === undefined) return slug;
  throw new ContrailError('SLUG_INVALID', `The experiment slug ${quote(slug)} ${problem}.`, {
    hint: `A slug has 1 to ${LONGEST_SLUG} characters and no control characters.`,
  });
}

/** Whether a text can be a slug. */
export function isSlug(text: string): boolean {
  // In UTF-16, a character has at most two units; longer texts are not looked at.
  return text.length <= 2 * LONGEST_SLUG && slugProblem(text) === undefined;
}

function slugProblem(slug: string): string | undefined {
  if (slug === '') return 'is empty';
  const length = Array.from(slug).length;
  if (length > LONGEST_SLUG) return `has ${length} characters`;
  if (CONTROL_CHARACTER.test(slug)) return 'holds control characters';
  if (!slug.isWellFormed()) return 'is not valid Unicode';
  return undefined;
}

/** A slug in table and object names: every character outside `[A-Za-z0-9_]` becomes `_`; case is kept. */
export function normaliseSlug(slug: string): string {
  return slug.replace(/[^A-Za-z0-9_]/gu, '_');
}

/** Whether a slug, as in the experiments API or normalised, names this experiment. */
export function isSlugOf(slug: string, experiment: string): boolean {
  return slug === experiment || (normaliseSlug(slug) === slug && normaliseSlug(experiment) === slug);
}

/** Whether the console finds the file of a slug; it replaces only `-` by `_`. */
export function isFoundByConsole(slug: string): boolean {
  return /^[A-Za-z0-9_-]*$/.test(slug);
}

/** 8 hex digits that distinguish slugs with the same normal form. */
export function slugHash(slug: string): string {
  return createHash('sha256').update(slug).digest('hex').slice(0, 8);
}

/** A quoted text with unprintable characters escaped, cut at 100 characters: safe on a terminal and in a log. */
export function quote(text: string): string {
  const shown = text.length > 100 ? `${text.slice(0, 100)}…` : text;
  return printableJson(JSON.stringify(shown));
}
