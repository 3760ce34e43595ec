/** Opens what the pages of the runs read, and closes it with them. Without a warehouse there are no such pages. */
import { JOB_KINDS } from '../../jobs/job-kinds.ts';
import type { MonitoringReader } from '../../ports/monitoring-reader.ts';
import { addRunsPages } from '../../web/pages/runs/runs-routes.ts';
import { openRecordStage } from '../compose/open-record-stage.ts';
import type { PageRoom } from './page-room.ts';
import { KeptRuns } from './runs-source.ts';

export const runsRoom: PageRoom =
  ({ config, redisUrl, clock, log, wired }) =>
  (app) => {
    if (wired === undefined) return;
    const stage = openRecordStage(config, redisUrl);
    app.addHook('onClose', async () => stage.close());
    const reader: MonitoringReader = { rows: async (request, signal) => (await wired()).reader.rows(request, signal) };
    const source = new KeptRuns({ sources: { reader, stage }, clock, log });
    addRunsPages(app, { source, clock, queues: JOB_KINDS.map(({ queue }) => queue) });
  };
