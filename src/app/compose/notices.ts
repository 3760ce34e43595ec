/** Where changes of tables are told, from settings. Contacts nothing yet. */
import { PubSubNoticeSource } from '../../adapters/pubsub/notice-source.ts';
import type { Config } from '../../config/load-config.ts';
import type { ScheduleRequest } from '../schedule.ts';

export function noticesOf(config: Config): Pick<ScheduleRequest, 'notices'> {
  const { warehouse, resultsDataset, pubsubEmulator } = config;
  const subscription = config['notify.subscription'];
  if (subscription === undefined) return {};
  const source = new PubSubNoticeSource({
    subscription,
    ...(pubsubEmulator === undefined ? {} : { emulator: pubsubEmulator }),
  });
  const project = warehouse?.scheme === 'bigquery' ? { project: new URL(warehouse.text).hostname } : {};
  return { notices: { source, watched: { dataset: resultsDataset, ...project } } };
}
