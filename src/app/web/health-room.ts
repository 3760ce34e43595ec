/** Opens what the health page reads, and closes it with the pages. */
import { openAlertIndex } from '../compose/open-alert-index.ts';
import { openQueueWatch } from '../compose/open-queue-watch.ts';
import { openRecordStage } from '../compose/open-record-stage.ts';
import { addHealthPages } from '../../web/pages/health/health-routes.ts';
import { healthSource } from './health-source.ts';
import type { PageContext, PageRoom } from './page-room.ts';
import type { HealthRecordSources } from './read-health-records.ts';

export const healthRoom: PageRoom = (context) => async (app) => {
  const { config, redisUrl, clock, log, queue, index, wired } = context;
  const watch = await openQueueWatch(config, redisUrl);
  const alerts = openAlertIndex(config, redisUrl);
  const stage = openRecordStage(config, redisUrl);
  app.addHook('onClose', async () => {
    watch.close();
    alerts.close();
    stage.close();
  });
  addHealthPages(
    app,
    healthSource({
      index,
      queue,
      watch,
      alerts,
      stage,
      clock,
      log,
      lagMs: config['freshness.lag'],
      scanIntervalMs: config['schedule.interval'],
      ...(wired === undefined ? {} : { records: recordsOf(wired) }),
    }),
  );
};

function recordsOf(wired: NonNullable<PageContext['wired']>): Pick<HealthRecordSources, 'reader' | 'sums'> {
  return {
    reader: { rows: async (request, signal) => (await wired()).reader.rows(request, signal) },
    sums: { sums: async (request, signal) => (await wired()).sums.sums(request, signal) },
  };
}
