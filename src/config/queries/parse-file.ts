/** The text of the file of queries as plain values. */
import { getStaticTOMLValue, ParseError, parseTOML } from 'toml-eslint-parser';
import { errorText } from '../../domain/errors.ts';

/** TOML, or JSON if the name ends so. Throws an Error whose message is the reason. */
export function parseFile(name: string, text: string): unknown {
  try {
    if (/\.json$/i.test(name)) return JSON.parse(text) as unknown;
    return getStaticTOMLValue(parseTOML(text, { tomlVersion: '1.0' }));
  } catch (error) {
    if (error instanceof ParseError) throw new Error(`line ${error.lineNumber}: ${error.message}`, { cause: error });
    // The parser recurses with each level.
    if (error instanceof RangeError) throw new Error('its values are nested too deeply', { cause: error });
    throw new Error(errorText(error), { cause: error });
  }
}
