/** Who may see the pages: what is configured, and which visitor a request has by it. */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { Secret } from '../../domain/secret.ts';
import { printable } from '../../domain/terminal-text.ts';
import { headerValues } from '../header-values.ts';
import { LogInLimit } from './log-in-limit.ts';
import { isPassword, type PasswordHash } from './password-hash.ts';
import { plainAddress, type Proxies } from './proxies.ts';
import { type User, USER_NAME } from './users.ts';
import type { Role, Visitor } from './visitor.ts';

/** What visitors may show. */
export interface AccessRules {
  readonly users: readonly User[];
  /** For programs: `Authorization: Bearer TOKEN`. */
  readonly tokens: readonly { readonly role: Role; readonly token: Secret }[];
  readonly identity: IdentityRule | undefined;
}

/** A proxy that authenticates people, and names them in a header. */
export interface IdentityRule {
  /** Lower case. */
  readonly header: string;
  readonly isProxy: Proxies;
  /** Whether a name is an operator's. */
  readonly isOperator: (name: string) => boolean;
}

export type Admission =
  | { readonly kind: 'visitor'; readonly visitor: Visitor }
  /** `told`: credentials were there, and are wrong. */
  | { readonly kind: 'unknown'; readonly told: boolean; readonly name?: string }
  /** Contradicting credentials: nobody knows which to take. */
  | { readonly kind: 'unclear'; readonly text: string }
  | { readonly kind: 'too-many'; readonly seconds: number; readonly name?: string };

const LONGEST_NAME = 254;

export class Access {
  readonly #rules: AccessRules;
  readonly #limit = new LogInLimit();
  /** Makes digests that are of use in this process only. */
  readonly #key = randomBytes(32);
  /** Digests of right passwords by user, because each request repeats them and scrypt takes long on purpose. */
  readonly #known = new Map<string, Buffer>();

  constructor(rules: AccessRules) {
    this.#rules = rules;
  }

  /** Which ways to log in a browser or program may try, for the header `WWW-Authenticate`. */
  get challenges(): readonly string[] {
    return [
      ...(this.#rules.users.length > 0 ? ['Basic realm="Contrail", charset="UTF-8"'] : []),
      ...(this.#rules.tokens.length > 0 ? ['Bearer realm="Contrail"'] : []),
    ];
  }

  async admit(request: FastifyRequest): Promise<Admission> {
    const { rawHeaders } = request.raw;
    const peer = request.socket.remoteAddress ?? '';
    const { identity } = this.#rules;
    const authorizations = headerValues(rawHeaders, 'authorization');
    const names = identity === undefined ? [] : headerValues(rawHeaders, identity.header);
    if (authorizations.length + names.length > 1) {
      return { kind: 'unclear', text: 'Send one set of credentials, not several.' };
    }
    const [name] = names;
    if (identity !== undefined && name !== undefined) return visitorOfProxy(identity, { name, peer });
    const [authorization] = authorizations;
    if (authorization === undefined) return { kind: 'unknown', told: false };
    return this.#checked(authorization, addressKey(peer));
  }

  async #checked(authorization: string, address: string): Promise<Admission> {
    const credentials = readCredentials(authorization);
    const known = this.#knownVisitor(credentials);
    if (known !== undefined) return { kind: 'visitor', visitor: known };
    const name = credentials.kind === 'password' && USER_NAME.test(credentials.name) ? credentials.name : undefined;
    const shown = name === undefined ? {} : { name };
    const keys = [`address ${address}`, ...(name === undefined ? [] : [`account ${name}`])];
    const seconds = await this.#limit.begin(keys);
    if (seconds !== undefined) return { kind: 'too-many', seconds, ...shown };
    if (credentials.kind !== 'password') return { kind: 'unknown', told: true };
    const user = await this.#userOf(credentials);
    if (user === undefined) return { kind: 'unknown', told: true, ...shown };
    await this.#limit.succeeded(keys);
    this.#known.set(user.name, this.#digest(credentials.password));
    return { kind: 'visitor', visitor: user };
  }

  /** Whoever has a token, or a password that was right before. */
  #knownVisitor(credentials: Credentials): Visitor | undefined {
    switch (credentials.kind) {
      case 'token': {
        const given = this.#digest(credentials.token);
        // All are compared, so that the time tells nothing.
        const [found] = this.#rules.tokens.filter(({ token }) => timingSafeEqual(this.#digest(token.reveal()), given));
        return found === undefined ? undefined : { name: `the ${found.role} token`, role: found.role };
      }
      case 'password': {
        const digest = this.#known.get(credentials.name);
        if (digest === undefined || !timingSafeEqual(digest, this.#digest(credentials.password))) return undefined;
        return this.#rules.users.find(({ name }) => name === credentials.name);
      }
      case 'none':
        return undefined;
    }
  }

  /** Takes as long for names that nobody has. */
  async #userOf({ name, password }: NamePassword): Promise<User | undefined> {
    const user = this.#rules.users.find((known) => known.name === name);
    const isRight = await isPassword(password, user?.password ?? NOBODY);
    return isRight ? user : undefined;
  }

  #digest(text: string): Buffer {
    return createHmac('sha256', this.#key).update(text).digest();
  }
}

/** Other peers' word about themselves is no word. */
function visitorOfProxy(
  { isProxy, isOperator }: IdentityRule,
  { name, peer }: { readonly name: string; readonly peer: string },
): Admission {
  const isUsable = name !== '' && name.length <= LONGEST_NAME && printable(name) === name;
  if (!isProxy(peer) || !isUsable) return { kind: 'unknown', told: true };
  return { kind: 'visitor', visitor: { name, role: isOperator(name) ? 'operator' : 'reader' } };
}

const NOBODY: PasswordHash = {
  logCost: 15,
  blockSize: 8,
  parallel: 3,
  salt: randomBytes(16),
  hash: randomBytes(32),
};

interface NamePassword {
  readonly name: string;
  readonly password: string;
}

type Credentials =
  | { readonly kind: 'token'; readonly token: string }
  | ({ readonly kind: 'password' } & NamePassword)
  | { readonly kind: 'none' };

function readCredentials(authorization: string): Credentials {
  const [, scheme = '', value = ''] = /^(\w+) +(\S+)$/.exec(authorization) ?? [];
  if (scheme.toLowerCase() === 'bearer') return { kind: 'token', token: value };
  if (scheme.toLowerCase() !== 'basic') return { kind: 'none' };
  const text = Buffer.from(value, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) return { kind: 'none' };
  return { kind: 'password', name: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** One key for all addresses that one customer of a provider has: of IPv6 a network of 64 bits. */
function addressKey(remote: string): string {
  const address = plainAddress(remote);
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.replace(/%.*$/, '').split('::');
  const first = head === '' ? [] : head.split(':');
  const last = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - first.length - last.length;
  return [...first, ...Array.from({ length: zeros }, () => '0'), ...last].slice(0, 4).join(':');
}
