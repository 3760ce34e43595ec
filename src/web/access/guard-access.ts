/** Lets each request through to what its visitor may use. Routes say what they ask for; one that does not is a mistake of ours. */
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import type { Log } from '../../ports/log.ts';
import type { Access, Admission } from './access.ts';
import { mayUse, type RouteAccess, type Visitor } from './visitor.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    readonly access?: RouteAccess;
  }
  interface FastifyInstance {
    /** All routes of the application, with what each asks for. */
    routeTable: readonly RouteOptions[];
  }
  interface FastifyRequest {
    /** Undefined on public routes. */
    visitor: Visitor | undefined;
  }
}

/** For `config` of a route. */
export const PUBLIC = { access: 'public' } as const;
export const READER = { access: 'reader' } as const;
export const OPERATOR = { access: 'operator' } as const;

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Whoever reaches a loopback address without a password is the operator of this machine. */
const LOCAL_OPERATOR: Visitor = { name: 'local', role: 'operator' };

/** `access` undefined: everybody who reaches the address may do everything. */
export function guardAccess(app: FastifyInstance, access: Access | undefined, log: Log): void {
  app.decorateRequest('visitor', undefined);
  const routes: RouteOptions[] = [];
  app.decorate('routeTable', routes);
  app.addHook('onRoute', (route) => void routes.push(route));
  // Only then have the hooks of all scopes marked their routes.
  app.addHook('onReady', async () => {
    const [open] = routes.filter(({ config }) => config?.access === undefined);
    if (open !== undefined) throw new Error(`the route ${open.url} does not say who may use it`);
  });
  app.addHook('onRequest', async (request, reply) => {
    // Routes that do not exist are nobody's business but a reader's.
    const wanted = request.routeOptions.config.access ?? 'reader';
    if (wanted === 'public') return;
    const admission: Admission =
      access === undefined ? { kind: 'visitor', visitor: LOCAL_OPERATOR } : await access.admit(request);
    if (admission.kind !== 'visitor') return refuse(admission, { access, request, reply, log });
    request.visitor = admission.visitor;
    if (mayUse(admission.visitor, wanted)) return;
    await reply.code(403).type(TEXT).send('Only operators may do this.\n');
  });
  app.addHook('onResponse', async (request, reply) => {
    const { statusCode: result } = reply;
    // Refused log-ins are logged where they are refused.
    if (SAFE_METHODS.has(request.method) || request.is404 || result === 401 || result === 429) return;
    log.info({ ...auditOf(request), result }, 'an action was asked for');
  });
}

/** Marks all routes of a scope that do not say it themselves: what only looks is for readers, all else for operators. */
export function readersLook(scope: FastifyInstance): void {
  scope.addHook('onRoute', (route: RouteOptions) => {
    const methods = Array.isArray(route.method) ? route.method : [route.method];
    const access = methods.every((method) => SAFE_METHODS.has(method.toUpperCase())) ? 'reader' : 'operator';
    route.config = { access, ...route.config };
  });
}

const TEXT = 'text/plain; charset=utf-8';

interface Refusing {
  readonly access: Access | undefined;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly log: Log;
}

async function refuse(
  admission: Exclude<Admission, { readonly kind: 'visitor' }>,
  { access, request, reply, log }: Refusing,
): Promise<void> {
  const audit = auditOf(request);
  reply.type(TEXT);
  switch (admission.kind) {
    case 'unclear':
      await reply.code(400).send(`${admission.text}\n`);
      return;
    case 'too-many':
      log.warn({ ...audit, who: admission.name, result: 'too many' }, 'a log-in was refused');
      await reply.code(429).header('retry-after', String(admission.seconds)).send('Too many failed log-ins; wait.\n');
      return;
    case 'unknown':
      if (admission.told) log.warn({ ...audit, who: admission.name, result: 'unknown' }, 'a log-in was refused');
      if (access !== undefined) reply.header('www-authenticate', [...access.challenges]);
      await reply.code(401).send('Log in to see this.\n');
  }
}

/** Who, what and from where, for the audit log. The query of the URL may hold anything, so it stays out. */
function auditOf({ visitor, method, url, socket }: FastifyRequest) {
  const path = url.split('?')[0];
  return { audit: true, who: visitor?.name, role: visitor?.role, method, path, from: socket.remoteAddress };
}
