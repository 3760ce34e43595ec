/** The configured targets of alert messages. */
import type { Config } from '../../config/load-config.ts';
import type { Notifier } from '../../ports/notifier.ts';
import type { Adapters } from './adapters.ts';

const TIMEOUT_MS = 15_000;

/** Empty if no target is set. */
export async function notifiersOf(
  config: Config,
  { clock, http }: Pick<Adapters, 'clock' | 'http'>,
): Promise<Notifier[]> {
  if (config['notify.webhook'] === undefined && config['notify.slack'] === undefined) return [];
  const { WebhookNotifier } = await import('../../adapters/webhook/notifier.ts');
  const webhook = config['notify.webhook'];
  const secret = config['notify.webhookSecret'];
  const slack = config['notify.slack'];
  const pages = config['web.address'];
  const shared = { http: http(), timeoutMs: TIMEOUT_MS, clock, ...(pages === undefined ? {} : { pages }) };
  const signed = secret === undefined ? {} : { secret };
  return [
    ...(webhook === undefined
      ? []
      : [new WebhookNotifier({ name: 'webhook', format: 'json', url: webhook, ...signed, ...shared })]),
    ...(slack === undefined ? [] : [new WebhookNotifier({ name: 'slack', format: 'slack', url: slack, ...shared })]),
  ];
}
