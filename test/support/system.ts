/** Time and chance of this machine, for what takes them as options. */
import { systemClock } from '../../src/adapters/system/clock.ts';
import { systemRandom } from '../../src/adapters/system/random.ts';

export const SYSTEM = { clock: systemClock, random: systemRandom };
