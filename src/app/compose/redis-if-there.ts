/** Redis for commands that work without it but know more with it. */
import type { Config } from '../../config/load-config.ts';
import { openRecordStage } from './open-record-stage.ts';
import type { MonitoringSetup } from './monitoring-dependencies.ts';
import { checkRedis, openQueue } from './open-queue.ts';

/** Without Redis there is no queue, and looking for waiting records fails with the reason. */
export async function withRedisIfThere<Result>(
  config: Config,
  work: (redis: Pick<MonitoringSetup, 'queue' | 'waiting'>) => Promise<Result>,
): Promise<Result> {
  const trouble = await checkRedis(config.redis.reveal()).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (trouble !== undefined) return work({ queue: undefined, waiting: () => Promise.reject(trouble) });
  const queue = await openQueue(config);
  const stage = openRecordStage(config);
  try {
    return await work({ queue, waiting: () => stage.waiting() });
  } finally {
    stage.close();
    await queue.close();
  }
}
