/** Who may see the pages, from the settings. Nothing that other machines reach is open to everybody. */
import type { Config } from '../../config/load-config.ts';
import { ContrailError } from '../../domain/errors.ts';
import { Access, type AccessRules } from '../../web/access/access.ts';
import { readProxies } from '../../web/access/proxies.ts';
import { readUsers } from '../../web/access/users.ts';
import type { Door } from '../../web/app.ts';
import { isLoopbackAddress } from '../../web/request-guard.ts';

/** Settings of which one lets somebody in. */
const WAYS =
  'CONTRAIL_WEB_USERS, CONTRAIL_WEB_READER_TOKEN, CONTRAIL_WEB_OPERATOR_TOKEN or CONTRAIL_WEB_IDENTITY_HEADER';

/**
 * Undefined on a loopback address where nothing is configured: whoever reaches it may do everything. Throws CONFIG_INVALID for
 * an address that others reach without a way to tell who is there, and for settings that contradict each other.
 */
export function openDoor(config: Config, host: string): Door | undefined {
  const rules = rulesOf(config);
  const isAsking = rules.users.length > 0 || rules.tokens.length > 0 || rules.identity !== undefined;
  const isLocal = isLoopbackAddress(host);
  if (!isAsking && !isLocal) {
    throw invalid(
      `The pages would be open to everybody who reaches ${JSON.stringify(host)}.`,
      `Set ${WAYS}, or use --host 127.0.0.1 (CONTRAIL_WEB_HOST).`,
    );
  }
  if (!isAsking) return undefined;
  const hosts = hostsOf(config);
  if (hosts.length === 0 && !isLocal) {
    throw invalid(
      `The pages on ${JSON.stringify(host)} need to know the names that they are reached by.`,
      'Set CONTRAIL_WEB_ADDRESS (https://contrail.example.org), or CONTRAIL_WEB_HOSTS (contrail.example.org).',
    );
  }
  return { access: new Access(rules), hosts, hasTls: config['web.address']?.startsWith('https://') === true };
}

function rulesOf(config: Config): AccessRules {
  const tokens = [
    { role: 'reader' as const, token: config['web.readerToken'] },
    { role: 'operator' as const, token: config['web.operatorToken'] },
  ].flatMap(({ role, token }) => (token === undefined ? [] : [{ role, token }]));
  if (tokens.length === 2 && tokens[0]?.token.reveal() === tokens[1]?.token.reveal()) {
    throw invalid(
      '`CONTRAIL_WEB_READER_TOKEN` and `CONTRAIL_WEB_OPERATOR_TOKEN` are the same.',
      'Readers would be operators; make another one, with `openssl rand -hex 32` for example.',
    );
  }
  return { users: usersOf(config), tokens, identity: identityOf(config) };
}

function usersOf(config: Config): AccessRules['users'] {
  const text = config['web.users'];
  if (text === undefined) return [];
  const read = readUsers(text.reveal());
  if (!('problem' in read)) return read;
  throw invalid(`\`CONTRAIL_WEB_USERS\` has an invalid value (not shown); expected ${read.problem}.`);
}

function identityOf(config: Config): AccessRules['identity'] {
  const header = config['web.identityHeader'];
  const networks = config['web.proxies'];
  const operators = config['web.operators'];
  if (header === undefined) {
    const [left] = [
      ...(networks.length > 0 ? ['CONTRAIL_WEB_PROXIES'] : []),
      ...(operators.length > 0 ? ['CONTRAIL_WEB_OPERATORS'] : []),
    ];
    if (left === undefined) return undefined;
    throw invalid(`\`${left}\` is set, but not \`CONTRAIL_WEB_IDENTITY_HEADER\`, which it belongs to.`);
  }
  if (header === 'authorization' || header === 'host' || header === 'cookie') {
    throw invalid(`\`CONTRAIL_WEB_IDENTITY_HEADER\` must not be ${header}, which browsers send by themselves.`);
  }
  if (networks.length === 0) {
    throw invalid(
      '`CONTRAIL_WEB_PROXIES` is not set.',
      `Without it everybody could send the header ${header}. Name the proxy's address.`,
    );
  }
  const isProxy = readProxies(networks);
  if (isProxy === undefined) {
    throw invalid(
      '`CONTRAIL_WEB_PROXIES` has an invalid value; expected addresses and networks such as 10.8.0.0/16,127.0.0.1.',
    );
  }
  return { header, isProxy, isOperator: (name) => operators.includes('*') || operators.includes(name) };
}

function hostsOf(config: Config): readonly string[] {
  const address = config['web.address'];
  const own = address === undefined ? [] : [new URL(address).hostname.replace(/^\[|\]$/g, '')];
  return config['web.hosts'].length > 0 ? config['web.hosts'] : own;
}

function invalid(message: string, hint?: string): ContrailError {
  return new ContrailError('CONFIG_INVALID', message, hint === undefined ? {} : { hint });
}
