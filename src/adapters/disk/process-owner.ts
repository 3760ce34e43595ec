/**
 * The owner of a temporary file or lock, as part of its name, so that other processes can tell whether the owner still
 * lives. A process id is not enough: ids are reused, and containers count their own.
 */
import { createHash, randomBytes } from 'node:crypto';
import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';

export interface Owner {
  readonly host: string;
  /** Identifies the machine, because hosts may share a name. */
  readonly machine: string;
  readonly boot: string;
  /** Process ids are valid only in their own namespace. */
  readonly namespace: string;
  readonly pid: number;
  /** When the process started, in kernel ticks, because ids are reused. */
  readonly startedAt: string;
}

/** `unknown`: this process cannot see it. */
export type OwnerFate = 'alive' | 'dead' | 'unknown';

const UNKNOWN = '-';
const OWNER =
  /^(?<host>[^~]+)~(?<machine>[^~]+)~(?<boot>[^~]+)~(?<namespace>[^~]+)~(?<pid>[1-9]\d{0,8})~(?<startedAt>[^~]+)~[0-9a-f]{16}$/;

/** This process as an owner. Without `/proc`, only host and process id identify it. */
export async function describeThisProcess(): Promise<Owner> {
  const [machine, boot, namespace, state] = await Promise.all([
    readFile('/etc/machine-id', 'utf8').then(shorten, () => UNKNOWN),
    readFile('/proc/sys/kernel/random/boot_id', 'utf8').then(shorten, () => UNKNOWN),
    readlink('/proc/self/ns/pid').then(
      (text) => text.replace(/\D/g, '') || UNKNOWN,
      () => UNKNOWN,
    ),
    readState(process.pid),
  ]);
  const host =
    hostname()
      .replace(/[^A-Za-z0-9.-]/g, '_')
      .slice(0, 64) || UNKNOWN;
  return { host, machine, boot, namespace, pid: process.pid, startedAt: state?.startedAt ?? UNKNOWN };
}

/** A unique text that names the owner. */
export function newOwnerText({ host, machine, boot, namespace, pid, startedAt }: Owner): string {
  return [host, machine, boot, namespace, pid, startedAt, randomBytes(8).toString('hex')].join('~');
}

/** The owner in such a text; undefined for other texts. */
export function parseOwner(text: string): Owner | undefined {
  const groups = OWNER.exec(text)?.groups;
  if (groups === undefined) return undefined;
  const { host = '', machine = '', boot = '', namespace = '', pid = '', startedAt = '' } = groups;
  return { host, machine, boot, namespace, pid: Number(pid), startedAt };
}

/** Whether an owner still lives, as far as process `me` can tell. `dead` is certain. */
export async function fateOf(owner: Owner, me: Owner): Promise<OwnerFate> {
  if (owner.host !== me.host || owner.machine !== me.machine) return 'unknown';
  if (owner.boot !== me.boot) return 'dead';
  if (owner.namespace !== me.namespace) return 'unknown';
  if (!isRunning(owner.pid)) return 'dead';
  const state = await readState(owner.pid);
  if (state === undefined) return 'alive';
  // A killed process stays a zombie until its parent reaps it, in containers perhaps for ever.
  if (state.letter === 'Z' || state.letter === 'X') return 'dead';
  return owner.startedAt === UNKNOWN || owner.startedAt === state.startedAt ? 'alive' : 'dead';
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: it runs as another user.
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}

/** Parses `/proc/<pid>/stat`, whose second field may contain blanks and brackets. */
async function readState(pid: number): Promise<{ letter: string; startedAt: string } | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ');
  const letter = fields?.[0];
  const startedAt = fields?.[19];
  return letter === undefined || startedAt === undefined ? undefined : { letter, startedAt };
}

function shorten(id: string): string {
  const text = id.trim();
  return text === '' ? UNKNOWN : createHash('sha256').update(text).digest('hex').slice(0, 8);
}
