/** A process that owns a private Redis: `fork` it with the options as JSON. It reports where Redis is, and then waits. */
import { startPrivateRedis } from '../../dist/adapters/redis-server/private-redis.js';
import { systemClock } from '../../dist/adapters/system/clock.js';

const redis = await startPrivateRedis({ ...JSON.parse(process.argv[2]), clock: systemClock });
process.send({ url: redis.url, port: redis.port });
process.once('message', () => {
  void redis.stop().then(() => process.disconnect());
});
