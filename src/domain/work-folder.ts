/** The folder for parts of objects until they are joined. Readers do not list it. */
import { ContrailError } from './errors.ts';

/** Name prefix of all work objects. Flat names leave no empty folders on a disk. */
export const WORK_FOLDER = '.contrail-work/';

/** Older work objects belong to dead processes; no export takes this long. */
export const WORK_KEPT_MS = 24 * 3_600_000;

/** Whether an object is a part, which may be removed. */
export function isWorkObject(name: string): boolean {
  return name.startsWith(WORK_FOLDER);
}

/** Throws PAYLOAD_INVALID for a name outside the work folder, which could be a published file. */
export function checkPartName(name: string): void {
  if (isWorkObject(name) && /^[\w.-]+$/.test(name.slice(WORK_FOLDER.length))) return;
  throw new ContrailError('PAYLOAD_INVALID', `A part may not be written to the object ${name}.`, {
    subject: name,
    hint: `Parts are in ${WORK_FOLDER} until they are joined.`,
  });
}

/** Throws VALUE_INVALID for objects outside the work folder, because published files are never removed. */
export function checkWorkObject(name: string): void {
  if (isWorkObject(name)) return;
  throw new ContrailError('VALUE_INVALID', `The object ${name} is not in ${WORK_FOLDER}, so it is not removed.`, {
    subject: name,
  });
}
