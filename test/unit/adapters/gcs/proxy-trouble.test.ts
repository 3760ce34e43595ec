/** A store behind a proxy that does not do what it should. The service itself is never reached. */
import { getEventListeners } from 'node:events';
import { expect, it } from 'vitest';
import { HttpConnections } from '../../../../src/adapters/gcs/http-connections.ts';
import { type ProxyManner, startConnectProxy } from '../../../support/connect-proxy.ts';
import { TEST_HOST } from '../../../support/test-certificate.ts';
import { gcsWorld, never } from './gcs-world.ts';

async function setup(manner: ProxyManner, stallMs = 5_000) {
  const proxy = await startConnectProxy(manner);
  const options = { url: proxy.url, exceptFor: [] };
  const connections = new HttpConnections(stallMs, options);
  const url = new URL(`https://${TEST_HOST}/storage/v1/b/bucket/o`);
  const send = (signal: AbortSignal) => connections.send({ method: 'GET', url, headers: {}, body: [], signal });
  return { proxy, options, send };
}

it('does not take the refusal of a proxy for one of the service', async () => {
  const { proxy, send } = await setup({ refuse: '403 Forbidden' });

  await expect(send(never)).rejects.toThrow(
    `the proxy ${proxy.url.host} refuses the way to ${TEST_HOST}: 403 Forbidden`,
  );
});

it('gives up a proxy that says nothing', async () => {
  const { send } = await setup('silent', 50);

  await expect(send(never)).rejects.toThrow('it said nothing for 50 ms');
});

it('ends at once when it is aborted while the proxy says nothing', async () => {
  const { proxy, send } = await setup('silent');
  const stop = new AbortController();
  const reply = send(stop.signal);
  await expect.poll(() => proxy.asked.length).toBe(1);

  stop.abort(new Error('stop'));

  await expect(reply).rejects.toThrow('stop');
  expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
});

it('reaches an emulator straight, whatever the proxy', async () => {
  const { proxy, options } = await setup({ refuse: '403 Forbidden' });
  const { store } = await gcsWorld({ proxy: options });

  const objects = await store.list('', never);

  expect(objects).toEqual([]);
  expect(proxy.asked).toEqual([]);
});
