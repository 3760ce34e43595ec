/** What messages about the same problem have in common, so that they can be counted as one. */

/** Stands for what differs from case to case. */
const VARIABLE = '…';
const SHAPE_CHARACTERS = 200;
/** The end of a longer message is a stack or a query. */
const READ_CHARACTERS = 2_000;

const VARIABLES: readonly RegExp[] = [
  // Quoted text; an apostrophe within a word is not a quote.
  /`[^`]*`|"[^"]*"|“[^”]*”|(?<![\p{L}\p{N}])'[^']*'/gu,
  // Dates and times.
  /\b\d{4}-\d\d-\d\d(?:[t ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?: ?utc|z|[+-]\d\d:?\d\d)?)?/g,
  // UUIDs, and hexadecimal digits of which one at least is no letter.
  /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b0x[0-9a-f]+\b|\b(?=[a-f]*\d)[0-9a-f]{8,}\b/g,
  // Tables, with or without their datasets and projects: `mozanalysis.statistics_my_slug_weekly`.
  /(?<![\w.-])(?:[\w-]+[.:])*\w+(?:_\w+){2,}\b/g,
  // Slugs: `my-first-slug`.
  /(?<![\w-])[a-z0-9]+(?:-[a-z0-9]+){2,}(?![\w-])/g,
  // Numbers, alone or at the beginning of a word: `1,234.5`, `10%`, `3h`.
  /[-+−]?(?<![\p{L}\p{N}_])\d+(?:[.,]\d+)*(?:e[-+]?\d+)?(?: ?%)?/gu,
];

/** A list of such, however long. */
const SEVERAL = new RegExp(`${VARIABLE}(?:[\\s,;:/()-]*${VARIABLE})+`, 'g');

/** `names`: names known to occur, such as the experiment, which are not always recognised as such. */
export function messageShape(message: string, names: readonly string[] = []): string {
  let shape = message.slice(0, READ_CHARACTERS).toLowerCase();
  for (const name of names.toSorted((a, b) => b.length - a.length)) shape = withoutName(shape, name.toLowerCase());
  for (const variable of VARIABLES) shape = shape.replace(variable, VARIABLE);
  const text = shape.replace(SEVERAL, VARIABLE).replace(/\s+/g, ' ').trim();
  return Array.from(text).slice(0, SHAPE_CHARACTERS).join('');
}

/** Only as a whole word. */
function withoutName(text: string, name: string): string {
  if (name === '') return text;
  const literal = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return text.replace(new RegExp(`(?<![\\w-])${literal}(?![\\w-])`, 'g'), VARIABLE);
}
