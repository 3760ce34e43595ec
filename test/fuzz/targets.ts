/** All targets of `npm run fuzz`, by name. */
import type { FuzzTarget } from './target.ts';
import { arrow } from './targets/arrow.ts';
import { encoder } from './targets/encoder.ts';
import { lz4 } from './targets/lz4.ts';

export const FUZZ_TARGETS: readonly FuzzTarget[] = [encoder, arrow, lz4];
