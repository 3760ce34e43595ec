/** The REST side of the server on a loopback port. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listen } from './grpc-server.ts';
import { answer, bodyOf, replyTo, type ExchangeDependencies, type Route } from './rest-exchange.ts';
import { RefusedError } from './statuses.ts';

export interface RestServer {
  /** `http://127.0.0.1:port` */
  readonly url: string;
  stop(): Promise<void>;
}

/** What stands behind `/__replay/`: a name, and the body parsed; undefined for a name that is not there. */
export type Control = (method: string, name: string, body: unknown) => unknown;

const CONTROL_PATH = '/__replay/';
/** The vendor's client leaves `/bigquery/v2` out where the emulator's variable is set. */
const API_PATH = /^(\/upload)?(?:\/bigquery\/v2)?\/projects\/[^/]+(\/.*)$/;

/** Starts answering on a free port. */
export async function startRestServer(
  deps: ExchangeDependencies,
  routes: readonly Route[],
  control: Control,
): Promise<RestServer> {
  const patterns = routes.map((route) => ({ route, pattern: patternOf(route.path) }));
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (url.pathname.startsWith(CONTROL_PATH)) return respondControl(control, url, { request, response });
    const [, upload, path = ''] = API_PATH.exec(url.pathname) ?? [];
    for (const { route, pattern } of patterns) {
      const match = pattern.exec(path);
      if (match === null || route.method !== request.method || (upload !== undefined) !== (route.isUpload ?? false))
        continue;
      const params = Object.entries(match.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]);
      return answer(deps, route, { request, response, url, params: Object.fromEntries(params) });
    }
    await bodyOf(request);
    const { status, body } = await replyTo(() => {
      const message = `The replay server has no ${request.method} ${url.pathname}`;
      throw new RefusedError({ code: 'NOT_FOUND', message });
    });
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  const server = createServer((request, response) => {
    // A caller that goes away in the middle is part of the play.
    respond(request, response).catch(() => request.socket.destroy());
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(/:(\w+)/g, '(?<$1>[^/]+)')}$`);
}

async function respondControl(
  control: Control,
  url: URL,
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
): Promise<void> {
  const text = (await bodyOf(request)).toString();
  const name = decodeURIComponent(url.pathname.slice(CONTROL_PATH.length));
  const { status, body } = await replyTo(() =>
    control(request.method ?? '', name, text === '' ? undefined : JSON.parse(text)),
  );
  response
    .writeHead(status, { 'content-type': 'application/json' })
    .end(body === undefined ? '' : JSON.stringify(body));
}
