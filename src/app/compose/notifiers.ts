/** The targets that the settings name for messages about alerts. */
import type { Config } from '../../config/load-config.ts';
import type { WallClock } from '../../ports/clock.ts';
import type { Notifier } from '../../ports/notifier.ts';

const TIMEOUT_MS = 15_000;

export async function notifiersOf(config: Config, clock: WallClock): Promise<Notifier[]> {
  const { WebhookNotifier } = await import('../../adapters/webhook/notifier.ts');
  const webhook = config['notify.webhook'];
  const secret = config['notify.webhookSecret'];
  const slack = config['notify.slack'];
  const pages = config['web.address'];
  const shared = { timeoutMs: TIMEOUT_MS, clock, ...(pages === undefined ? {} : { pages }) };
  const signed = secret === undefined ? {} : { secret };
  return [
    ...(webhook === undefined
      ? []
      : [new WebhookNotifier({ name: 'webhook', format: 'json', url: webhook, ...signed, ...shared })]),
    ...(slack === undefined ? [] : [new WebhookNotifier({ name: 'slack', format: 'slack', url: slack, ...shared })]),
  ];
}
