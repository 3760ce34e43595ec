/** The schedule of the monitoring tasks, from the settings. */
import type { Config } from '../../config/load-config.ts';
import type { MonitoringSchedule } from '../../producer/monitoring-ticks.ts';
import { configuredQueries } from './queries.ts';

export function monitoringSchedule(config: Config): MonitoringSchedule {
  return {
    importExperimentsMs: config['schedule.importExperiments'],
    checkAlertsMs: config['schedule.checkAlerts'],
    dailyAfterMs: config['schedule.dailyAfter'],
    queries: configuredQueries(config).filter(({ isEnabled }) => isEnabled),
  };
}
