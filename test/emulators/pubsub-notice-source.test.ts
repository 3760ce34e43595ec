import { expect, it } from 'vitest';
import { PubSubNoticeSource } from '../../src/adapters/pubsub/notice-source.ts';
import { describeNoticeSource } from '../contract/notice-source.ts';
import { startPubSubServer } from '../support/pubsub-server.ts';

async function setup(subscription?: string) {
  const server = await startPubSubServer();
  const source = new PubSubNoticeSource({
    subscription: subscription ?? server.subscription,
    emulator: `http://${server.address}`,
  });
  return { server, source, send: server.publish };
}

describeNoticeSource('Pub/Sub', () => setup());

it('names a subscription that does not exist, and the setting', async () => {
  const { source } = await setup('projects/replay-project/subscriptions/mistyped');

  await expect(source.listen(() => undefined, new AbortController().signal)).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: 'The subscription projects/replay-project/subscriptions/mistyped does not exist.',
    hint: expect.stringContaining('CONTRAIL_NOTIFY_SUBSCRIPTION'),
  });
});
