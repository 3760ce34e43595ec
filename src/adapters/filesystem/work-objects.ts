/** Work objects in a folder: joining, removing, and sweeping old ones. */
import { lstat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { ContrailError } from '../../domain/errors.ts';
import { WORK_FOLDER, WORK_KEPT_MS } from '../../domain/work-folder.ts';
import type { ComposeRequest, ComposingStore, StoredObject } from '../../ports/object-store.ts';
import { fileSystemTimeNs } from '../disk/file-age.ts';
import { isErrno } from '../disk/errno.ts';
import { listObjectNames } from './list-names.ts';
import type { WriterParts } from './object-writer.ts';

/** Writes the parts one after another into one object. Disks cannot join files, so the bytes pass through this process in pieces. */
export async function joinFiles(
  store: Pick<ComposingStore, 'read' | 'write'>,
  { parts, metadata, ...request }: ComposeRequest,
): Promise<StoredObject> {
  const writer = await store.write(request);
  try {
    for (const part of parts) {
      const bytes = await store.read(part, request.signal);
      if (bytes === undefined) {
        throw new ContrailError('OBJECT_MISSING', `The part ${part} of ${request.name} is missing.`, {
          subject: request.name,
        });
      }
      for await (const piece of bytes) await writer.write(piece);
    }
    return await writer.commit(metadata);
  } catch (error) {
    await writer.discard();
    throw error;
  }
}

/** Removes a work object and its metadata, if it exists. */
export async function removeFile({ folder, locks, sidecars }: WriterParts, name: string, signal: AbortSignal) {
  await locks.run(name, signal, async () => {
    signal.throwIfAborted();
    if ((await folder.statObject(name)) !== undefined) await unlinkIfThere(folder.pathOf(name));
    await sidecars.remove(name);
  });
}

/** Removes work objects that are a day old. Never throws: objects that cannot be removed do no harm. */
export async function removeOldFiles(parts: WriterParts): Promise<void> {
  const { folder, newAsideName } = parts;
  const { signal } = new AbortController();
  const names = await listObjectNames(folder, WORK_FOLDER, signal).catch(() => []);
  if (names.length === 0) return;
  const nowNs = await fileSystemTimeNs(join(folder.aside, await newAsideName())).catch(() => 0n);
  for (const name of names) {
    const stats = await lstat(folder.pathOf(name), { bigint: true }).catch(() => undefined);
    const isOld = stats !== undefined && nowNs - stats.mtimeNs > BigInt(WORK_KEPT_MS) * 1_000_000n;
    // A failure concerns only this object: already gone, or not ours to remove.
    if (isOld) await removeFile(parts, name, signal).catch(() => undefined);
  }
}

async function unlinkIfThere(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
  }
}
