/** Paths of sidecar files. */
import { hashOf } from '../disk/hash-of.ts';

const LONGEST_SIDECAR_SEGMENT_BYTES = 240;

/**
 * The path of an object's sidecar: its name plus `.json`. Folders that end in `.json` get a `~`, because the sidecar of `a`
 * would clash with the folder of `a.json/b`. Parts that would become too long are hashed.
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
