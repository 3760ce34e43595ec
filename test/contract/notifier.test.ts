import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import { MemoryNotifier } from '../../src/adapters/memory/notifier.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { WebhookNotifier } from '../../src/adapters/webhook/notifier.ts';
import { ContrailError } from '../../src/domain/errors.ts';
import { Secret } from '../../src/domain/secret.ts';
import { describeNotifier } from './notifier.ts';
import { httpClient } from '../support/http-client.ts';

const STATUS = { busy: 429, forbidden: 403 };
const CODE = { busy: 'THROTTLED', forbidden: 'ACCESS_DENIED' } as const;

describeNotifier('webhook', async () => {
  const titles: string[] = [];
  let status = 204;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
      if (status === 204) titles.push(z.object({ title: z.string() }).parse(body).title);
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const url = new Secret(`http://127.0.0.1:${port}/hook`);
  return {
    notifier: new WebhookNotifier({
      name: 'team',
      format: 'json',
      url,
      http: httpClient(),
      timeoutMs: 5_000,
      clock: systemClock,
    }),
    arrived: () => titles,
    refuse: (how) => {
      status = STATUS[how];
    },
  };
});

describeNotifier('memory', () => {
  const notifier = new MemoryNotifier('team');
  return Promise.resolve({
    notifier,
    arrived: () => notifier.sent.map(({ title }) => title),
    refuse: (how) => notifier.refuse(new ContrailError(CODE[how], 'The message was not taken.')),
  });
});
