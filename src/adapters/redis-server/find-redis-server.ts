/** Finds a Redis on this machine, or installs one. */
import { ContrailError } from '../../domain/errors.ts';
import { runCommand } from './run-command.ts';

const NAMES = ['redis-server', 'valkey-server'];
const FOLDERS = [
  '/usr/bin',
  '/usr/local/bin',
  '/opt/homebrew/bin',
  '/opt/local/bin',
  '/home/linuxbrew/.linuxbrew/bin',
  '/snap/bin',
];
const LOOK_LIMIT_MS = 5_000;
const INSTALL_LIMIT_MS = 5 * 60_000;

/** Prints the path of each argument that can be started. */
const WHICH = 'for name in "$@"; do command -v "$name"; done; exit 0';

/** Installs without starting a service, now or at boot: Debian asks `policy-rc.d`. An existing one is not changed. */
const APT_INSTALL = `
set -e
export DEBIAN_FRONTEND=noninteractive
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\\nexit 101\\n' > "$policy"
  chmod +x "$policy"
  trap 'rm -f "$policy"' EXIT
fi
apt-get update -q
apt-get install -q -y --no-install-recommends redis-server
if command -v systemctl >/dev/null 2>&1; then systemctl disable --now redis-server >/dev/null 2>&1 || true; fi
`;

/** Path of a redis-server or valkey-server that is new enough (6.2), or `undefined`. */
export async function findRedisServer(): Promise<string | undefined> {
  const candidates = [...NAMES, ...FOLDERS.flatMap((folder) => NAMES.map((name) => `${folder}/${name}`))];
  const { output } = await runCommand('sh', ['-c', WHICH, 'sh', ...candidates], LOOK_LIMIT_MS);
  for (const path of new Set(output.split('\n').filter((line) => line.startsWith('/')))) {
    if (await isNewEnough(path)) return path;
  }
  return undefined;
}

/**
 * Path of an existing Redis, or of one installed now by apt-get (as root, or with passwordless sudo) or Homebrew.
 * `beforeInstall` gets the command first, and prevents it by rejecting. Throws REDIS_NOT_FOUND if neither works. Leaves no
 * service running.
 */
export async function installRedisServer(
  beforeInstall: (command: string) => Promise<void> | void = () => undefined,
): Promise<string> {
  const existing = await findRedisServer();
  if (existing !== undefined) return existing;
  let output = '';
  for (const {
    says,
    command: [program, ...args],
  } of await installers()) {
    await beforeInstall(says);
    const result = await runCommand(program, args, INSTALL_LIMIT_MS);
    output = result.output;
    const installed = result.code === 0 ? await findRedisServer() : undefined;
    if (installed !== undefined) return installed;
  }
  throw redisNotFound(output);
}

export function redisNotFound(output = ''): ContrailError {
  const lastLine = output.trim().split('\n').at(-1) ?? '';
  return new ContrailError('REDIS_NOT_FOUND', 'No redis-server of version 6.2 or later was found on this machine.', {
    hint: 'Install Redis 7 or Valkey, for example with "sudo apt-get install redis-server" or "brew install redis".',
    ...(lastLine !== '' && { cause: new Error(lastLine) }),
  });
}

interface Installer {
  /** The command for people. */
  readonly says: string;
  readonly command: readonly [string, ...string[]];
}

async function installers(): Promise<Installer[]> {
  const found = await runCommand('sh', ['-c', WHICH, 'sh', 'apt-get', 'sudo', 'brew'], LOOK_LIMIT_MS);
  const has = (name: string) => found.output.split('\n').some((line) => line.endsWith(`/${name}`));
  const usable: Installer[] = [];
  const apt = 'apt-get install redis-server';
  if (has('apt-get') && process.getuid?.() === 0) {
    usable.push({ says: apt, command: ['sh', '-c', APT_INSTALL] });
  } else if (has('apt-get') && has('sudo')) {
    usable.push({ says: `sudo ${apt}`, command: ['sudo', '-n', 'sh', '-c', APT_INSTALL] });
  }
  if (has('brew')) usable.push({ says: 'brew install redis', command: ['brew', 'install', 'redis'] });
  return usable;
}

async function isNewEnough(path: string): Promise<boolean> {
  const { code, output } = await runCommand(path, ['--version'], LOOK_LIMIT_MS);
  const [, major = '0', minor = '0'] = /v=(\d+)\.(\d+)/.exec(output) ?? [];
  return code === 0 && (Number(major) > 6 || (Number(major) === 6 && Number(minor) >= 2));
}
