/** What can be said of the local stack without Docker: docs/docker.md tells how it was tried. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { buildProgram } from '../../src/cli/usage/program.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { parseYaml } from '../support/yaml.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

const Service = z.object({
  image: z.string().optional(),
  build: z.object({ context: z.string(), target: z.string() }).optional(),
  command: z.array(z.string()).default([]),
  environment: z.record(z.string(), z.string()).default({}),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  ports: z.array(z.string()).default([]),
  healthcheck: z.object({ test: z.array(z.string()) }).optional(),
});
const Stack = z.object({ services: z.record(z.string(), Service) });

async function setup() {
  const { services } = Stack.parse(await parseYaml(read('docker-compose.yml')));
  const entries = Object.entries(services).map(([name, service]) => ({ name, ...service }));
  return { services, entries, ours: entries.filter(({ build }) => build !== undefined) };
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
    for (const image of foreign) expect(image).toMatch(/:\d+\.\d+\.\d+(?:\.\d+)?(?:-[a-z]+)?$/);
    const versionOf = (module: string) => new RegExp(`${module} v(\\S+)`).exec(read('tools/emulators/go.mod'))?.[1];
    expect(services['bigquery']?.image?.split(':')[1]).toBe(versionOf('goccy/bigquery-emulator'));
    expect(services['storage']?.image?.split(':')[1]).toBe(versionOf('fsouza/fake-gcs-server'));
    expect(read('Dockerfile')).toMatch(/^FROM node:24\.\d+\.\d+-bookworm-slim AS base$/m);
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

    const flags = ['--appendonly', 'yes', '--maxmemory-policy', 'noeviction'];
    expect(services['redis']?.command).toEqual(['redis-server', ...flags]);
  });

  it('starts Contrail when Redis answers and the emulators are filled', async () => {
    const { services } = await setup();

    const ready = { redis: { condition: 'service_healthy' }, seed: { condition: 'service_completed_successfully' } };
    for (const name of ['schedule', 'worker', 'web']) expect(services[name]?.depends_on, name).toEqual(ready);
    for (const name of ['redis', 'bigquery', 'storage', 'web']) {
      expect(services[name]?.healthcheck?.test[0], name).toBe('CMD');
    }
  });

  it('is reached from this machine alone', async () => {
    const { entries } = await setup();

    expect(entries.flatMap(({ ports }) => ports)).toEqual(['127.0.0.1:8080:8081']);
  });
});
