/** All targets of `npm run fuzz`, by name. */
import type { FuzzTarget } from './target.ts';
import { encoder } from './targets/encoder.ts';

export const FUZZ_TARGETS: readonly FuzzTarget[] = [encoder];
