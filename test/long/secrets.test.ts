/**
 * What is secret stays secret: every command runs, well and badly, with canaries in all settings that can hold a secret,
 * and nothing that Contrail prints, stores or serves repeats one.
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runStatements } from '../../src/adapters/duckdb/load-statistics.ts';
import { buildProgram } from '../../src/cli/usage/program.ts';
import { SETTINGS } from '../../src/config/settings.ts';
import { runContrail, startContrail } from '../support/contrail.ts';
import { queryRows, temporaryDuckDb } from '../support/duckdb.ts';
import { commitAll } from '../support/git-history.ts';
import { serveGit } from '../support/git-server.ts';
import { createLargeTable } from '../support/large-table.ts';
import { type OwnRedis, startTestRedis } from '../support/own-redis.ts';

const SAMPLE = fileURLToPath(new URL('../../sample/', import.meta.url));
const SLUG = 'firefox-android-multifeature-test';
const USER = 'canaryuser:canarypass';
const CANARY = new RegExp(`canary|${Buffer.from(USER).toString('base64').slice(0, 20)}`, 'i');
const READER_TOKEN = 'canaryreadertoken-for-the-pages';
const LONGEST_MS = 600_000;

/** What commands need to do their work; one that is new runs as it is. */
const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  // Nothing of the environment concerns it, and a whole demo would take too long here.
  demo: ['--port', 'none'],
  backfill: ['--experiment', SLUG, '--json'],
  worker: ['--drain'],
  schedule: ['--once'],
  status: ['--json'],
  'run statistics': ['--experiment', SLUG, '--period', 'weekly', '--json'],
  'run metadata': ['--experiment', SLUG, '--json'],
  'run errors': ['--experiment', SLUG],
  'run query-cost': ['--date', '2026-01-14'],
};

interface Outcome {
  readonly command: string;
  readonly code: number | null;
  readonly output: string;
}

async function setup() {
  const folder = mkdtempSync(join(tmpdir(), 'contrail-sec-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const hubFolder = join(folder, '..', `hub-${randomUUID()}`);
  onTestFinished(() => rmSync(hubFolder, { recursive: true, force: true }));
  await commitAll(hubFolder, [{ files: sampleHub(), at: 1_700_000_000_000 }]);
  const trouble = { isOn: false };
  const asked = { hub: 0, experimenter: 0, hooks: 0 };
  const hub = await serveGit(hubFolder, (response, request) => {
    asked.hub += 1;
    if (!trouble.isOn) return false;
    echo(request, response);
    return true;
  });
  onTestFinished(() => hub.stop());
  const experimenter = await serve((request, response) => {
    asked.experimenter += 1;
    if (trouble.isOn) echo(request, response);
    else response.end(readFileSync(join(SAMPLE, 'experiments.json')));
  });
  // A receiver that tells what it was sent, and takes nothing.
  const receiver = await serve((request, response) => {
    asked.hooks += 1;
    echo(request, response);
  });
  const redis = await startTestRedis();
  const file = temporaryDuckDb({ path: join(folder, 'warehouse.duckdb'), waitMs: 30_000 });
  await runStatements(
    file,
    [
      'CREATE SCHEMA IF NOT EXISTS mozanalysis',
      createLargeTable('statistics_firefox_android_multifeature_test_weekly', 10),
    ].flat(),
  );
  file.close();
  const secrets = {
    CONTRAIL_REDIS: redis.url,
    CONTRAIL_METRIC_HUB: `${hub.url.replace('//', `//${USER}@`)}?token=canaryquery`,
    CONTRAIL_EXPERIMENTER: `${experimenter.replace('//', `//${USER}@`)}/?access_token=canaryquery`,
    CONTRAIL_NOTIFY_WEBHOOK: `${receiver.replace('//', `//${USER}@`)}/canarypath?key=canaryquery`,
    CONTRAIL_NOTIFY_WEBHOOK_SECRET: 'canarysigningkey',
    CONTRAIL_NOTIFY_SLACK: `${receiver}/services/canaryslack`,
    CONTRAIL_WEB_READER_TOKEN: READER_TOKEN,
    CONTRAIL_WEB_OPERATOR_TOKEN: 'canaryoperatortoken-for-the-pages',
    CONTRAIL_WEB_USERS: `alice:operator:scrypt.15.8.3.${'canarysalt'.padEnd(22, 'x')}.${'canaryhash'.padEnd(43, 'x')}`,
    HTTPS_PROXY: `http://${USER}@127.0.0.1:1`,
  };
  const environment = {
    ...secrets,
    CONTRAIL_WAREHOUSE: `duckdb:${file.path}`,
    CONTRAIL_BUCKET: `file:${join(folder, 'bucket')}`,
    CONTRAIL_RECORDS_WINDOW: '1s',
    CONTRAIL_DUCKDB_WAIT: '30s',
    CONTRAIL_METRIC_HUB_REFRESH: '1ms',
    CONTRAIL_LOG_LEVEL: 'debug',
  };
  return { folder, redis, file, secrets, environment, trouble, asked };
}

function sampleHub(): Record<string, string> {
  const root = join(SAMPLE, 'metric-hub');
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.toml'));
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(root, name), 'utf8')]));
}

/** Answers with all that it was sent, as some servers do in their errors. */
const echo: RequestListener = (request, response) => {
  response.writeHead(500).end(`${request.method} ${request.url} ${JSON.stringify(request.headers)}`);
};

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Every command that does something, by its words. Those with options of their own do something without a subcommand too. */
async function commands(): Promise<string[]> {
  const within = (command: Command, words: readonly string[]): string[] => {
    const isRun = command.commands.length === 0 || (words.length > 0 && command.options.length > 0);
    return [
      ...(isRun ? [words.join(' ')] : []),
      ...command.commands.flatMap((child) => within(child, [...words, child.name()])),
    ];
  };
  return within(buildProgram(), []);
}

/** Runs one to its end; a service is looked at, and then told to stop. */
async function run(command: string, environment: Record<string, string>, cwd: string): Promise<Outcome> {
  const words = [...command.split(' '), ...(ARGUMENTS[command] ?? [])];
  if (command !== 'web') {
    const { code, stdout, stderr } = await runContrail(words, { environment, cwd });
    return { command, code, output: stdout + stderr };
  }
  const web = startContrail([...words, '--port', '0'], { environment, cwd });
  const started = await web.says(/Contrail: (http:\S+)/).catch(() => undefined);
  const pages = started === undefined ? '' : await pagesOf(started[1] ?? '');
  web.child.kill('SIGTERM');
  const { code, stdout, stderr } = await web.ended;
  return { command, code, output: stdout + stderr + pages };
}

async function pagesOf(url: string): Promise<string> {
  const paths = [
    '/',
    '/queues',
    '/queues/api/queues?activeQueue=metadata',
    '/objects/',
    '/healthz',
    '/readyz',
    '/none',
  ];
  const headers = { authorization: `Bearer ${READER_TOKEN}` };
  const texts = await Promise.all(paths.map(async (path) => (await fetch(url + path, { headers })).text()));
  return texts.join('\n');
}

/** All that was left on the disk, in the warehouse and in Redis. */
async function leftBehind({ folder, file, redis }: Awaited<ReturnType<typeof setup>>): Promise<[string, string][]> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .map((path): [string, string] => [path, readFileSync(path, 'latin1')]);
  const tables = await queryRows(
    file,
    `SELECT table_schema || '.' || table_name AS name FROM information_schema.tables WHERE table_type = 'BASE TABLE'`,
  );
  const rows: [string, string][] = [];
  for (const { name } of tables)
    rows.push([String(name), JSON.stringify(await queryRows(file, `SELECT * FROM ${String(name)}`))]);
  file.close();
  return [...files, ...rows, ...(await contentOf(redis))];
}

const READ: Readonly<Record<string, readonly string[]>> = {
  string: ['GET', ''],
  hash: ['HGETALL', ''],
  list: ['LRANGE', '', '0', '-1'],
  set: ['SMEMBERS', ''],
  zset: ['ZRANGE', '', '0', '-1'],
  stream: ['XRANGE', '', '-', '+'],
};

async function contentOf(redis: OwnRedis): Promise<[string, string][]> {
  const keys = (await redis.command('KEYS', '*')) as string[];
  const found: [string, string][] = [];
  for (const key of keys) {
    const [name = '', , ...rest] = READ[String(await redis.command('TYPE', key))] ?? [];
    found.push([`Redis: ${key}`, JSON.stringify(await redis.command(name, key, ...rest))]);
  }
  return found;
}

describe('what is secret', () => {
  it('is in every setting that can hold a secret, or is refused there', async () => {
    const { secrets } = await setup();
    const refusing = [
      'BIGQUERY_EMULATOR_HOST',
      'BIGQUERY_STORAGE_EMULATOR_HOST',
      'STORAGE_EMULATOR_HOST',
      'CONTRAIL_WEB_ADDRESS',
    ];

    const secret = Object.values(SETTINGS).flatMap((setting) => ('isSecret' in setting ? [setting.variable] : []));
    const run = await runContrail(['status'], {
      environment: Object.fromEntries(refusing.map((variable) => [variable, `http://${USER}@127.0.0.1:1`])),
    });

    expect(new Set(secret)).toEqual(
      new Set([...Object.keys(secrets).filter((name) => name !== 'HTTPS_PROXY'), ...refusing]),
    );
    for (const variable of refusing) expect(run.stderr).toContain(`\`${variable}\` has an invalid value (not shown)`);
    expect(run.stderr).not.toMatch(CANARY);
  });

  it(
    'is in nothing that any command prints, stores or serves, done or failed',
    async () => {
      const world = await setup();
      const { environment, folder, trouble, asked, redis } = world;
      const all = await commands();
      const password = new URL(redis.url).password;
      const outcomes: Outcome[] = [];

      for (const command of all) outcomes.push(await run(command, environment, folder));
      const done = outcomes.filter(({ code }) => code === 0).map(({ command }) => command);
      trouble.isOn = true;
      for (const command of all) outcomes.push(await run(command, environment, folder));
      const stranger = { ...environment, CONTRAIL_REDIS: redis.url.replace(password, 'canarypassword') };
      for (const command of ['status', 'worker', 'web', 'backfill'])
        outcomes.push(await run(command, stranger, folder));

      expect(done).toEqual(
        expect.arrayContaining(['worker', 'web', 'run metadata', 'run statistics', 'run import-experiments']),
      );
      expect(Object.values(asked).every((count) => count > 1)).toBe(true);
      for (const { command, output } of outcomes) {
        expect(CANARY.exec(output)?.input ?? '', command).toBe('');
        expect(output.includes(password), command).toBe(false);
      }
      for (const [where, content] of await leftBehind(world)) {
        expect(CANARY.test(content) ? content.slice(0, 2_000) : '', where).toBe('');
        expect(content.includes(password), where).toBe(false);
      }
    },
    LONGEST_MS,
  );
});
