/** What can be said of the local stack without Docker: docs/docker.md tells how it was tried. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { buildProgram } from '../../src/cli/usage/program.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { parseYaml } from '../support/yaml.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

const PASSWORD = 'a-password';

const Service = z.object({
  image: z.string().optional(),
  build: z.object({ context: z.string(), target: z.string() }).optional(),
  command: z.array(z.string()).default([]),
  environment: z.record(z.string(), z.string()).default({}),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  ports: z.array(z.string()).default([]),
  healthcheck: z.object({ test: z.array(z.string()) }).optional(),
  read_only: z.literal('true').optional(),
  cap_drop: z.array(z.string()).default([]),
  cap_add: z.array(z.string()).default([]),
  security_opt: z.array(z.string()).default([]),
  privileged: z.string().default('false'),
  user: z.string().optional(),
  mem_limit: z.string().optional(),
  pids_limit: z.string().optional(),
  volumes: z.array(z.string()).default([]),
  tmpfs: z.array(z.string()).default([]),
  networks: z.array(z.string()).default([]),
  network_mode: z.string().optional(),
});
const Stack = z.object({
  services: z.record(z.string(), Service),
  networks: z.record(z.string(), z.object({ internal: z.string().optional() }).nullable()),
  volumes: z.record(z.string(), z.null()),
});

/** As Compose reads it where REDIS_PASSWORD is set. */
function interpolated(text: string): string {
  return text.replace(/\$\{REDIS_PASSWORD:\?[^}]*\}/g, PASSWORD).replaceAll('$$', '$');
}

async function setup() {
  const { services, networks, volumes } = Stack.parse(await parseYaml(interpolated(read('docker-compose.yml'))));
  const entries = Object.entries(services).map(([name, service]) => ({ name, ...service }));
  return { services, networks, volumes, entries, ours: entries.filter(({ build }) => build !== undefined) };
}

/** `7.4.6-alpine` of `redis:7.4.6-alpine@sha256:…` */
function tagOf(image: string | undefined): string | undefined {
  return image?.split('@')[0]?.split(':')[1];
}

describe('docker-compose.yml', () => {
  it('has the services of the stack', async () => {
    const { services } = await setup();

    const wanted = ['redis', 'bigquery', 'storage', 'seed', 'schedule', 'worker', 'web', 'web-door'];
    expect(Object.keys(services)).toEqual(wanted);
  });

  it('pins every image of others, the emulators to the versions that the tests run against', async () => {
    const { services, entries } = await setup();

    const foreign = entries.filter(({ build }) => build === undefined).map(({ image }) => image);
    for (const image of foreign)
      expect(image).toMatch(/:\d+\.\d+\.\d+(?:\.\d+)?(?:-[a-z]+)?(?:@sha256:[0-9a-f]{64})?$/);
    const versionOf = (module: string) => new RegExp(`${module} v(\\S+)`).exec(read('tools/emulators/go.mod'))?.[1];
    expect(tagOf(services['bigquery']?.image)).toBe(versionOf('goccy/bigquery-emulator'));
    expect(tagOf(services['storage']?.image)).toBe(versionOf('fsouza/fake-gcs-server'));
    expect(read('Dockerfile')).toMatch(/^FROM node:24\.\d+\.\d+-bookworm-slim(?:@sha256:[0-9a-f]{64})? AS base$/m);
  });

  it('runs commands that Contrail has, with settings that it knows', async () => {
    const { ours } = await setup();

    const known = buildProgram().commands.map((command) => command.name());
    expect(ours.map(({ name, command }) => [name, ...command])).toEqual([
      ['seed'],
      ['schedule', 'schedule'],
      ['worker', 'worker'],
      ['web', 'web'],
    ]);
    for (const { name, command, environment } of ours) {
      expect(known, name).toEqual(expect.arrayContaining(command));
      expect(loadConfig(['warehouse', 'bucket'], { environment }).bigqueryEmulator, name).toBe('http://bigquery:9050');
    }
  });

  it('builds targets that the Dockerfile has, none of which runs as root', async () => {
    const { ours } = await setup();

    const stages = read('Dockerfile').split(/^(?=FROM )/m);
    for (const { name, build } of ours) {
      const stage = stages.find((text) => text.split('\n')[0]?.endsWith(` AS ${build?.target}`));
      expect(stage, name).toMatch(/^USER node$/m);
    }
  });

  it('keeps what Redis holds, and throws none of it away', async () => {
    const { services } = await setup();

    expect(services['redis']?.command.at(-1)).toMatch(/ --appendonly yes --maxmemory-policy noeviction$/);
    expect(services['redis']?.volumes).toEqual(['redis:/data']);
  });

  it('confines every container: no changes to its files, no capability, no new privileges', async () => {
    const { entries } = await setup();

    for (const { name, ...service } of entries) {
      expect(service, name).toMatchObject({
        read_only: 'true',
        cap_drop: ['ALL'],
        cap_add: [],
        security_opt: ['no-new-privileges:true'],
        privileged: 'false',
      });
    }
  });

  it('limits memory and processes of every container', async () => {
    const { entries } = await setup();

    for (const { name, mem_limit, pids_limit } of entries) {
      expect(mem_limit, name).toMatch(/^\d+[mg]$/);
      expect(Number(pids_limit), name).toBeGreaterThan(0);
    }
  });

  it('runs no image of others as root', async () => {
    const { entries } = await setup();

    for (const { name, user } of entries.filter(({ build }) => build === undefined)) {
      expect(user, name).toMatch(/^(?:redis|65534:65534)$/);
    }
  });

  it('has a place for what is written: the spool on a volume, the rest in memory of a limited size', async () => {
    const { services, entries, volumes } = await setup();

    for (const name of ['worker', 'schedule'])
      expect(services[name]?.volumes).toContain('spool:/var/lib/contrail/spool');
    for (const { name, tmpfs } of entries) {
      for (const place of tmpfs) expect(place, name).toMatch(/^\/tmp:size=\d+[mg],mode=1777$/);
    }
    expect(entries.filter(({ tmpfs }) => tmpfs.length === 0).map(({ name }) => name)).toEqual(['web-door']);
    const used = entries.flatMap((entry) => entry.volumes.map((volume) => volume.split(':')[0]));
    expect(new Set(used)).toEqual(new Set(Object.keys(volumes)));
    expect(read('Dockerfile')).toMatch(/^RUN install --directory --owner node \/var\/lib\/contrail\/spool$/m);
  });

  it('asks for the password of Redis, which stands in no file and no argument', async () => {
    const { services } = await setup();
    const redis = services['redis'];

    expect(redis?.command.at(-1)).toMatch(/printf 'requirepass %s\\n' "\$REDISCLI_AUTH" > \/tmp\/redis\.conf/);
    expect(redis?.command.join(' ')).not.toContain(PASSWORD);
    expect(redis?.environment).toEqual({ REDISCLI_AUTH: PASSWORD });
    for (const name of ['schedule', 'worker', 'web'])
      expect(services[name]?.environment['CONTRAIL_REDIS'], name).toBe(`redis://:${PASSWORD}@redis:6379`);
    expect(read('docker-compose.yml').match(/\$\{[^}]*\}/g)).toEqual(
      Array(2).fill('${REDIS_PASSWORD:?set it in .env, see docs/docker.md}'),
    );
    expect(read('.gitignore').split('\n')).toContain('.env');
  });

  it('keeps Redis on a network of its own, which only Contrail joins', async () => {
    const { services, networks, entries } = await setup();

    expect(networks['queues']).toEqual({ internal: 'true' });
    expect(services['redis']).toMatchObject({ networks: ['queues'], ports: [] });
    const members = entries.filter((entry) => entry.networks.includes('queues')).map(({ name }) => name);
    expect(members).toEqual(['redis', 'schedule', 'worker', 'web']);
    const placed = entries.filter((entry) => entry.networks.length > 0 || entry.network_mode === 'service:web');
    expect(placed).toHaveLength(entries.length);
  });

  it('starts Contrail when Redis answers and the emulators are filled', async () => {
    const { services } = await setup();

    const ready = { redis: { condition: 'service_healthy' }, seed: { condition: 'service_completed_successfully' } };
    for (const name of ['schedule', 'worker', 'web']) expect(services[name]?.depends_on, name).toEqual(ready);
    for (const name of ['redis', 'bigquery', 'storage', 'web', 'web-door']) {
      expect(services[name]?.healthcheck?.test[0], name).toBe('CMD');
    }
  });

  it('is reached from this machine alone', async () => {
    const { entries } = await setup();

    expect(entries.flatMap(({ ports }) => ports)).toEqual(['127.0.0.1:8080:8081']);
  });
});

describe('Dockerfile', () => {
  it('installs for production without scripts, and removes TypeScript, which a package drags in', () => {
    const [, packages = ''] = /^FROM base AS packages$([^]*?)^FROM /m.exec(read('Dockerfile')) ?? [];

    expect(packages).toMatch(/npm ci --omit=dev --ignore-scripts/);
    expect(packages).toMatch(/rm -rf node_modules\/typescript node_modules\/@typescript/);
  });
});
