/** Valid names of objects, for folders and buckets. */
import { ContrailError } from '../../domain/errors.ts';
import { quote } from '../../domain/slug.ts';

/** The folder for everything that is not an object. */
export const PRIVATE_FOLDER = '.contrail';

const LONGEST_SEGMENT_BYTES = 255;

/** Throws VALUE_INVALID for a name that leads out of the store or into its private folder, or that no folder can hold. */
export function checkObjectName(name: string): void {
  const problem = nameProblem(name);
  if (problem === undefined) return;
  throw new ContrailError('VALUE_INVALID', `The object name ${quote(name)} ${problem}.`, {
    subject: name,
    hint: 'An object name is a relative path with / between its parts, such as statistics/statistics_x_weekly.json.',
  });
}

/** Whether an object may have that name. */
export function isObjectName(name: string): boolean {
  return nameProblem(name) === undefined;
}

function nameProblem(name: string): string | undefined {
  if (name === '') return 'is empty';
  if (name.startsWith('/')) return 'is an absolute path';
  if (name.includes('\\')) return 'holds a backslash';
  if (name.includes('\0')) return 'holds a NUL character';
  if (!name.isWellFormed()) return 'is not valid Unicode';
  const segments = name.split('/');
  // Case-insensitive, because some file systems are.
  if (segments[0]?.toLowerCase() === PRIVATE_FOLDER) return `lies in ${PRIVATE_FOLDER}, which belongs to Contrail`;
  if (segments.includes('')) return 'has an empty part';
  if (segments.includes('.') || segments.includes('..')) return 'has a part . or ..';
  if (segments.some((segment) => Buffer.byteLength(segment) > LONGEST_SEGMENT_BYTES)) {
    return `has a part of more than ${LONGEST_SEGMENT_BYTES} bytes`;
  }
  return undefined;
}
