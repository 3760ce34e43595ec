/** A process that holds a turn of a limit until it is killed: `fork` it with the limit's options as JSON. */
import { systemClock } from '../../dist/adapters/system/clock.js';
import { systemRandom } from '../../dist/adapters/system/random.js';
import { RedisSharedLimits } from '../../dist/queue/bullmq/redis-shared-limits.js';

const { name, most, ...options } = JSON.parse(process.argv[2]);
const silent = () => {};
const log = { debug: silent, info: silent, warn: silent, error: silent };

process.on('disconnect', () => process.exit());
const limits = new RedisSharedLimits({ ...options, clock: systemClock, random: systemRandom, log });
await limits.limit(name, most).acquire(new AbortController().signal);
process.send('holds a turn');
