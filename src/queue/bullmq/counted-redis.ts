/** Counts the commands that this process sends to Redis. */
import type { Redis, RedisOptions } from 'ioredis';

let sent = 0;

/** How many commands the process has sent, over all its connections. */
export function redisCommandsSent(): number {
  return sent;
}

/** The connection, which counts from now on. So do its duplicates: BullMQ makes some. */
export function counted<Connection extends Redis>(redis: Connection): Connection {
  const send = redis.sendCommand.bind(redis);
  const duplicate = redis.duplicate.bind(redis);
  return Object.assign(redis, {
    sendCommand: (...[command, stream]: Parameters<Redis['sendCommand']>) => {
      sent++;
      return send(command, stream);
    },
    duplicate: (override?: Partial<RedisOptions>) => counted(duplicate(override)),
  });
}
