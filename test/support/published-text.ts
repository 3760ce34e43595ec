/** A text to publish, with nothing odd about it. */
import type { Content } from '../../src/workers/publish/content.ts';

const NOTHING_ODD = { rows: 1, rejected: 0, dropped: 0, duplicates: 0, warnings: [], leftOut: [] };

export function textContent(text: string, sourceVersion = text): Content {
  return { kind: 'content', source: 's', sourceVersion, body: { kind: 'text', text, facts: NOTHING_ODD } };
}
