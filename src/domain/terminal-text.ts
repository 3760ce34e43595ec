/** Makes untrusted text safe for terminals and logs. */

/** DEL and the C1 controls (U+009B starts a sequence like ESC [), line separators, and bidi controls. */
const STEERING = '\\u007f-\\u009f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069';
const UNESCAPED_BY_JSON = new RegExp(`[${STEERING}]`, 'g');
/** Keeps tabs and line ends. */
const UNPRINTABLE = new RegExp(`[\\u0000-\\u0008\\u000b-\\u001f${STEERING}]`, 'g');

/** Replaces each such character by U+FFFD. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, '\u{fffd}');
}

/** Escapes such characters in a JSON document, as `JSON.stringify` does below U+0020. */
export function printableJson(json: string): string {
  return json.replace(UNESCAPED_BY_JSON, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
