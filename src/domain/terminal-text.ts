/** Text of others that a person will see on a terminal or in a log, without what would steer the one or garble the other. */

/** DEL and the C1 controls (U+009B begins a sequence as ESC [ does), line separators, and what turns the direction of text. */
const STEERING = '\\u007f-\\u009f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069';
const UNESCAPED_BY_JSON = new RegExp(`[${STEERING}]`, 'g');
/** Tabs and line ends stay. */
const UNPRINTABLE = new RegExp(`[\\u0000-\\u0008\\u000b-\\u001f${STEERING}]`, 'g');

/** The text with each such character replaced by the sign for one that cannot be shown. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, '\u{fffd}');
}

/** A JSON document in which such characters are escaped, as `JSON.stringify` does with those below a space. */
export function printableJson(json: string): string {
  return json.replace(UNESCAPED_BY_JSON, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
