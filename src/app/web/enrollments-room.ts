/** `/enrollments` and its part of the API. They need a list of experiments, so they are there with a warehouse only. */
import type { AddRoutes } from '../../web/app.ts';
import { addEnrollmentsApi } from '../../web/pages/enrollments/api.ts';
import { addEnrollmentRoutes } from '../../web/pages/enrollments/routes.ts';
import type { ExperimentsApi } from '../../ports/experiments-api.ts';
import { byteLimit } from '../compose/byte-limit.ts';
import { enrollmentsSource } from './enrollments-source.ts';
import type { PageContext } from './page-room.ts';

export function enrollmentsRoom({ config, store, clock, log, wired }: PageContext): AddRoutes {
  if (wired === undefined) return () => undefined;
  const experimentRecords: Pick<ExperimentsApi, 'url' | 'fetch'> = {
    url: config.experimenter.scheme === 'file' ? config.experimenter.path : String(config.experimenter.address),
    fetch: async (signal) => (await wired()).experiments.fetch(signal),
  };
  const source = enrollmentsSource({
    experimentRecords,
    store,
    countsLimit: byteLimit(config, 'enrollmentCounts.maximumBytes'),
    funnelLimit: byteLimit(config, 'enrollmentFunnel.maximumBytes'),
    limits: config['alerts.limits'],
    clock,
    log,
  });
  return (app) => {
    addEnrollmentRoutes(app, source);
    addEnrollmentsApi(app, source);
  };
}
