/** Our own Cloud Storage as a process: counts requests, takes its time, and keeps no bytes of upload sessions. */
import { once } from 'node:events';
import { createServer, request as forward, type Server } from 'node:http';
import { GcsServer } from '../../test/unit/adapters/gcs/gcs-server.ts';

const { latencyMs } = JSON.parse(process.argv[2] ?? '{}') as { readonly latencyMs: number };
const storage = await GcsServer.start();
storage.bucket.countsOnly = true;

const { url } = latencyMs === 0 ? storage : await startFront();
const { url: discardingUrl } = await startDiscarding();
const counted = createServer((_request, response) => response.end(String(storage.requests.length)));
counted.listen(0, '127.0.0.1', () => {
  console.log(JSON.stringify({ url, countedUrl: addressOf(counted), discardingUrl }));
});
process.once('SIGTERM', () => process.exit());
process.stdin.resume().once('end', () => process.exit());

/** Delays each answer; what is asked for goes on to the storage itself. */
async function startFront(): Promise<{ readonly url: string }> {
  const front = createServer((incoming, outgoing) => {
    const { method, url: path = '/', headers } = incoming;
    const target = new URL(path, storage.url);
    const onward = forward(target, { method, headers: { ...headers, host: target.host } }, (answer) => {
      setTimeout(() => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      }, latencyMs);
    });
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  });
  front.listen(0, '127.0.0.1');
  await once(front, 'listening');
  return { url: addressOf(front) };
}

/** Takes whatever the vendor's client uploads in one go, and says yes. */
async function startDiscarding(): Promise<{ readonly url: string }> {
  const server = createServer((incoming, outgoing) => {
    incoming.resume().once('end', () => {
      const isStart = incoming.method === 'POST';
      outgoing.writeHead(200, {
        'content-type': 'application/json',
        ...(isStart ? { location: `http://${incoming.headers.host}/session` } : {}),
      });
      outgoing.end(isStart ? '' : '{"name":"x","bucket":"bucket","generation":"1"}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: addressOf(server) };
}

function addressOf(server: Server): string {
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return `http://127.0.0.1:${address.port}`;
}
