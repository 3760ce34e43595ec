/** Reads a JSON array of any size, some elements at a time. */
import { JsonArrayElements, MalformedArrayError } from '../../domain/json-array-elements.ts';

/** Elements are parsed together once their texts have this length: fewer and larger calls are faster. */
const SLICE_CHARACTERS = 1 << 20;
/** Longer elements are no rows of ours. */
const LONGEST_ELEMENT_BYTES = 64 << 20;

/**
 * The elements in order, in lists; holds about one list. Throws MalformedArrayError where the array ends or breaks, with the
 * row before.
 */
export async function* readElements(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<readonly unknown[]> {
  const split = new JsonArrayElements({ longestBytes: LONGEST_ELEMENT_BYTES });
  let pending: string[] = [];
  let characters = 0;
  let count = 0;
  for await (const chunk of bytes) {
    for (const text of placed(() => split.push(chunk), count)) {
      pending.push(text);
      characters += text.length;
    }
    if (characters < SLICE_CHARACTERS) continue;
    yield parsed(pending, count);
    count += pending.length;
    pending = [];
    characters = 0;
  }
  placed(() => split.end(), count + pending.length);
  if (pending.length > 0) yield parsed(pending, count);
}

function parsed(texts: readonly string[], count: number): readonly unknown[] {
  try {
    const elements: unknown = JSON.parse(`[${texts.join(',')}]`);
    if (Array.isArray(elements) && elements.length === texts.length) return elements;
  } catch {
    // The parser's place is one in the slice.
  }
  throw new MalformedArrayError(`it is not valid JSON${after(count)}`);
}

/** Adds the place to the errors of a step. */
function placed<Result>(step: () => Result, count: number): Result {
  try {
    return step();
  } catch (error) {
    if (!(error instanceof MalformedArrayError)) throw error;
    throw new MalformedArrayError(`${error.message}${after(count)}`, { cause: error });
  }
}

function after(count: number): string {
  return count === 0 ? '' : ` after row ${count.toLocaleString('en-US')}`;
}
