/** Bodies whose bytes are known or written, so that only the commit is missing. */
import { createHash } from 'node:crypto';
import type { ObjectMetadata, StoredObject, WriteRequest } from '../../ports/object-store.ts';
import type { Body, BodyFacts, LaterBody, Nothing, TextBody } from './content.ts';
import type { ObjectWriting } from './object-writing.ts';

export interface ReadyBody {
  readonly kind: 'ready';
  readonly facts: BodyFacts;
  /** In hex; absent where nobody has seen all bytes. */
  readonly sha256?: string;
  readonly commit: (metadata: ObjectMetadata) => Promise<StoredObject>;
}

/** Writes what has to be written before the facts are known; a text waits for the commit. */
export async function readyBody(
  body: Exclude<Body, LaterBody>,
  writing: ObjectWriting,
  request: WriteRequest,
): Promise<ReadyBody | Nothing> {
  switch (body.kind) {
    case 'text':
      return readyText(body, writing);
    case 'stream': {
      const written = await body.write(() => writing.begin());
      if ('kind' in written) return written;
      const { facts, sha256 } = written;
      return { kind: 'ready', facts, sha256, commit: (metadata) => writing.commit(metadata) };
    }
    case 'parts':
      return { kind: 'ready', facts: body.facts, commit: (metadata) => body.compose({ ...request, metadata }) };
  }
}

function readyText({ text, facts }: TextBody, writing: ObjectWriting): ReadyBody {
  const bytes = Buffer.from(text);
  return {
    kind: 'ready',
    facts: { ...facts, bytes: bytes.length },
    sha256: createHash('sha256').update(bytes).digest('hex'),
    commit: async (metadata) => {
      const writer = await writing.begin();
      await writer.write(bytes);
      return writing.commit(metadata);
    },
  };
}
