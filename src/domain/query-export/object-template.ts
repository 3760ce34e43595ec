/** Names of objects from templates with `{slug}`, `{normalised}` and `{date}`. */
import { normaliseSlug } from '../slug.ts';

export const PLACEHOLDERS = ['slug', 'normalised', 'date'] as const;
export type Placeholder = (typeof PLACEHOLDERS)[number];

export interface TemplateValues {
  /** Undefined for objects that are not of one experiment. */
  readonly slug?: string;
  /** `2026-01-13` */
  readonly date: string;
}

/** A piece of a template: literal text or a placeholder. */
export type TemplatePart = { readonly text: string } | { readonly placeholder: Placeholder };

/** The pieces of a template; undefined for the name of a placeholder that does not exist. */
export function templateParts(template: string): readonly (TemplatePart | { readonly unknown: string })[] {
  return template
    .split(/(\{[^{}]*\})/)
    .filter((piece) => piece !== '')
    .map((piece) => {
      if (!/^\{.*\}$/s.test(piece)) return { text: piece };
      const name = piece.slice(1, -1);
      const placeholder = PLACEHOLDERS.find((known) => known === name);
      return placeholder === undefined ? { unknown: name } : { placeholder };
    });
}

/** The object's name. A `/` in a slug becomes `%2F`, and `%` becomes `%25`, so that a slug never names another folder. */
export function fillTemplate(template: string, { slug, date }: TemplateValues): string {
  const values: Record<Placeholder, string | undefined> = {
    slug: slug === undefined ? undefined : encodedSlug(slug),
    normalised: slug === undefined ? undefined : normaliseSlug(slug),
    date,
  };
  return templateParts(template)
    .map((part) => {
      if ('text' in part) return part.text;
      const value = 'placeholder' in part ? values[part.placeholder] : undefined;
      if (value === undefined) throw new Error(`the template ${template} needs a value that there is none for`);
      return value;
    })
    .join('');
}

/** Slugs of Experimenter stay as they are. */
function encodedSlug(slug: string): string {
  if (/^\.+$/.test(slug)) return slug.replaceAll('.', '%2E');
  return slug.replaceAll('%', '%25').replaceAll('/', '%2F').replaceAll('\\', '%5C');
}
