/** Experiment slugs and the names made of them (spec: statistics, section 1). */
import { createHash } from 'node:crypto';
import { ContrailError } from './errors.ts';
import { printableJson } from './terminal-text.ts';

const LONGEST_SLUG = 80;

// Code points below U+0020 and U+007F–U+009F: they have no business in a name, a log line or a path.
// oxlint-disable-next-line no-control-regex -- control characters are what this looks for
const CONTROL_CHARACTER = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/** A slug as it may be used, or SLUG_INVALID saying what is wrong with it. */
export function checkSlug(slug: string): string {
  const problem = slugProblem(slug);
  if (problem === undefined) return slug;
  throw new ContrailError('SLUG_INVALID', `The experiment slug ${quote(slug)} ${problem}.`, {
    hint: `A slug has 1 to ${LONGEST_SLUG} characters and no control characters.`,
  });
}

function slugProblem(slug: string): string | undefined {
  if (slug === '') return 'is empty';
  const length = Array.from(slug).length;
  if (length > LONGEST_SLUG) return `has ${length} characters`;
  if (CONTROL_CHARACTER.test(slug)) return 'holds control characters';
  if (!slug.isWellFormed()) return 'is not valid Unicode';
  return undefined;
}

/** The form of a slug in table and object names: every character outside `[A-Za-z0-9_]` becomes `_`, case is kept. */
export function normaliseSlug(slug: string): string {
  return slug.replace(/[^A-Za-z0-9_]/gu, '_');
}

/** Whether the console finds the file of a slug: it turns only `-` into `_`. */
export function isFoundByConsole(slug: string): boolean {
  return /^[A-Za-z0-9_-]*$/.test(slug);
}

/** 8 hex digits that tell apart slugs with one normal form. */
export function slugHash(slug: string): string {
  return createHash('sha256').update(slug).digest('hex').slice(0, 8);
}

/** A text between quotes with everything unprintable escaped, cut at 100 characters: safe on a terminal and in a log. */
export function quote(text: string): string {
  const shown = text.length > 100 ? `${text.slice(0, 100)}…` : text;
  return printableJson(JSON.stringify(shown));
}
