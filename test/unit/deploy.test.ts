/** What can be said of deploy/ without Helm and Prometheus; tools/deploy/check.js asks those. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { QUEUE_NAMES } from '../../src/cli/usage/worker.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { SETTINGS } from '../../src/config/settings.ts';
import { METRICS } from '../../src/ports/metrics.ts';
import { parseYaml } from '../support/yaml.ts';

const ROOT = new URL('../../', import.meta.url);
const CHART = 'deploy/helm/contrail';
const read = (path: string) => readFileSync(new URL(path, ROOT), 'utf8');
const variables: readonly string[] = Object.values(SETTINGS).map(({ variable }) => variable);

const Rules = z.object({
  groups: z.array(
    z.object({
      rules: z.array(
        z.object({
          alert: z.string(),
          labels: z.object({ severity: z.enum(['critical', 'warning']) }),
          annotations: z.object({ summary: z.string(), description: z.string(), runbook: z.string() }),
        }),
      ),
    }),
  ),
});
const Schema = z.object({
  properties: z.object({
    settings: z.object({ properties: z.record(z.string(), z.unknown()) }),
    worker: z.object({
      properties: z.object({ queues: z.object({ items: z.object({ enum: z.array(z.string()) }) }) }),
    }),
    keda: z.object({ properties: z.object({ queues: z.object({ items: z.object({ enum: z.array(z.string()) }) }) }) }),
  }),
});

/** Names of our metrics in a text, without the endings of histograms. */
function metricsIn(text: string): string[] {
  const names = text.match(/\bcontrail_[a-z_]+\b/g) ?? [];
  return [...new Set(names.map((name) => name.replace(/_(?:bucket|count|sum)$/, '')))];
}

/** The settings that the chart sets itself. */
function chartSettings(): string[] {
  return [...read(`${CHART}/templates/settings.yaml`).matchAll(/^ {2}(CONTRAIL_[A-Z_]+):/gm)].map(
    ([, name = '']) => name,
  );
}

describe('deploy/', () => {
  it.each(['prometheus/alerts.yaml', 'grafana/contrail.json', 'helm/contrail/templates/scaled-object.yaml'])(
    'reads only metrics that there are in %s',
    (file) => {
      const names = metricsIn(read(`deploy/${file}`));

      expect(names.length).toBeGreaterThan(2);
      expect(names.filter((name) => !(name in METRICS))).toEqual([]);
    },
  );

  it('says for each alert what to do', async () => {
    const { groups } = Rules.parse(await parseYaml(read('deploy/prometheus/alerts.yaml')));
    const rules = groups.flatMap((group) => group.rules);
    const guide = read('docs/deploy.md');

    for (const { alert, annotations } of rules) {
      expect(guide).toContain(`\n### ${alert}\n`);
      expect(annotations.runbook).toBe(`docs/deploy.md#${alert.toLowerCase()}`);
    }
    expect(guide.match(/^### /gm)).toHaveLength(rules.length);
  });
});

describe('the chart', () => {
  it('sets only settings that there are, and lets nobody set those again', () => {
    const { settings } = Schema.parse(JSON.parse(read(`${CHART}/values.schema.json`))).properties;
    const refused = Object.entries(settings.properties).flatMap(([name, rule]) => (rule === false ? [name] : []));

    expect(chartSettings().filter((name) => !variables.includes(name))).toEqual([]);
    expect(refused.sort()).toEqual([...chartSettings(), 'CONTRAIL_REDIS'].sort());
  });

  it('has values that Contrail accepts', async () => {
    for (const file of readdirSync(new URL(`${CHART}/ci`, ROOT))) {
      const text = read(`${CHART}/ci/${file}`);
      const given = z.object({ settings: z.record(z.string(), z.string()) }).parse(await parseYaml(text));
      const environment = { ...given.settings, CONTRAIL_REDIS: 'rediss://:password@redis.example:6379' };

      expect(loadConfig(['warehouse', 'bucket'], { environment })).toMatchObject({ bucket: { scheme: 'gs' } });
    }
  });

  it('knows the queues', () => {
    const { worker, keda } = Schema.parse(JSON.parse(read(`${CHART}/values.schema.json`))).properties;

    expect(worker.properties.queues.items.enum).toEqual(QUEUE_NAMES);
    expect(keda.properties.queues.items.enum).toEqual(QUEUE_NAMES);
  });
});
