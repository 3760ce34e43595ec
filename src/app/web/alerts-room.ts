/** `/alerts` and its part of the API. */
import type { AddRoutes } from '../../web/app.ts';
import { addAlertsApi } from '../../web/pages/alerts/api.ts';
import { addAlertRoutes } from '../../web/pages/alerts/routes.ts';
import { alertsSource } from './alerts-source.ts';
import type { PageContext } from './page-room.ts';

export function alertsRoom({ alerts: index, clock, log, wired }: PageContext): AddRoutes {
  const reader = wired && {
    rows: async (...request: Parameters<Reader['rows']>) => (await wired()).reader.rows(...request),
  };
  const source = alertsSource({ index, clock, log, ...(reader === undefined ? {} : { reader }) });
  return (app) => {
    addAlertRoutes(app, source);
    addAlertsApi(app, source);
  };
}

type Reader = Awaited<ReturnType<NonNullable<PageContext['wired']>>>['reader'];
