/** Where the parts of an object wait until they are joined: apart from all that readers list. */
import { ContrailError } from './errors.ts';

/** Beginning of the names of all work objects. Flat names in it leave no empty folders on a disk. */
export const WORK_FOLDER = '.contrail-work/';

/** What is older was left behind by a process that is gone: no export takes so long. */
export const WORK_KEPT_MS = 24 * 3_600_000;

/** Whether an object is a part of another, and may be removed. */
export function isWorkObject(name: string): boolean {
  return name.startsWith(WORK_FOLDER);
}

/** Throws PAYLOAD_INVALID for a name that no part of an object may have: it could be that of a published file. */
export function checkPartName(name: string): void {
  if (isWorkObject(name) && /^[\w.-]+$/.test(name.slice(WORK_FOLDER.length))) return;
  throw new ContrailError('PAYLOAD_INVALID', `The object ${name} is not one that a part may be written to.`, {
    subject: name,
    hint: `Parts lie in ${WORK_FOLDER} until they are joined.`,
  });
}

/** Throws VALUE_INVALID for any object but those of the work folder: what is published is never removed. */
export function checkWorkObject(name: string): void {
  if (isWorkObject(name)) return;
  throw new ContrailError('VALUE_INVALID', `The object ${name} is not in ${WORK_FOLDER}, so it is not removed.`, {
    subject: name,
  });
}
