/** Where the folder keeps what belongs to an object. */
import { hashOf } from '../disk/hash-of.ts';

const LONGEST_SIDECAR_SEGMENT_BYTES = 240;

/**
 * Path of an object's sidecar: its name with `.json` behind it. Folders that end so get a `~`, else the sidecar of `a`
 * would stand in the way of the folder for `a.json/b`; parts that would become too long are hashed.
 */
export function sidecarPath(name: string): string {
  const segments = name.split('/').map((segment, index, all) => {
    const isLast = index === all.length - 1;
    if (Buffer.byteLength(segment) > LONGEST_SIDECAR_SEGMENT_BYTES) return `${hashOf(segment)}${isLast ? '.json' : ''}`;
    if (isLast) return `${segment}.json`;
    return /\.json~*$/.test(segment) ? `${segment}~` : segment;
  });
  return segments.join('/');
}
