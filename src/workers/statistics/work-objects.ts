/** The work objects of a divided export: the parts, and the marks between them. */
import { ABSENT, type ComposingStore } from '../../ports/object-store.ts';
import { ObjectWriting } from '../publish/object-writing.ts';
import type { Division } from './division.ts';

/** `[`, the parts with `,` between them, `]`. Writes missing marks. */
export async function framedParts(
  store: ComposingStore,
  division: Division,
  { parts, signal }: { readonly parts: readonly string[]; readonly signal: AbortSignal },
): Promise<string[]> {
  const [open, comma, close] = marksOf(division);
  await Promise.all([
    putText(store, { name: open, text: '[', signal }),
    putText(store, { name: comma, text: ',', signal }),
    putText(store, { name: close, text: ']', signal }),
  ]);
  return [open, ...parts.flatMap((part, index) => (index === 0 ? [part] : [comma, part])), close];
}

interface Mark {
  readonly name: string;
  readonly text: string;
  readonly signal: AbortSignal;
}

async function putText(store: ComposingStore, { name, text, signal }: Mark): Promise<void> {
  const before = await store.head(name, signal);
  if (before !== undefined) return;
  const writing = new ObjectWriting(store, { name, contentType: 'text/plain', ifGeneration: ABSENT, signal });
  try {
    const writer = await writing.begin();
    await writer.write(Buffer.from(text));
    await writing.commit({});
  } finally {
    await writing.discard();
  }
}

function marksOf({ folder }: Division): [string, string, string] {
  return [`${folder}.open`, `${folder}.comma`, `${folder}.close`];
}

/** What cannot be removed now is removed by the store's sweep after a day. */
export async function removeWorkObjects(store: ComposingStore, division: Division, signal: AbortSignal): Promise<void> {
  const names = [...division.parts.map((part) => part.object), ...marksOf(division)];
  await Promise.allSettled(names.map((name) => store.remove(name, signal)));
}
