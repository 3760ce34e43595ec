/** A silence that the process of the pages leaves in Redis silences the check of another process, which stores it. */
import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { liftSilence, silenceRule } from '../../src/alerts/silence.ts';
import { openAlertIndex } from '../../src/app/compose/open-alert-index.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { runContrail } from '../support/contrail.ts';
import { queryRows, temporaryDuckDb, temporaryFolder } from '../support/duckdb.ts';
import { experimentRecord } from '../support/experiment-record.ts';

const NOW = '2026-01-15T12:00:00Z';
const SLUG = 'spiking-experiment';
const Report = z.object({
  silenced: z.number(),
  alerts: z.array(z.object({ rule: z.string(), subject: z.string(), state: z.string() })),
});

/** One experiment of whose clients a fifth has unenrolled. */
function setup() {
  const folder = temporaryFolder();
  const bucket = join(folder, 'bucket');
  const path = join(folder, 'warehouse.duckdb');
  mkdirSync(join(bucket, 'enrollment_counts'), { recursive: true });
  const record = { ...experimentRecord(SLUG), startDate: '2026-01-05', endDate: null };
  writeFileSync(join(folder, 'experiments.json'), JSON.stringify([record]));
  const branches = {
    control: { enrollments: 5000, unenrollments: 1000 },
    treatment: { enrollments: 5000, unenrollments: 1000 },
  };
  const counts = { total_enrollments: 10_000, total_unenrollments: 2000, branches, unenrollment_reasons: {} };
  writeFileSync(
    join(bucket, 'enrollment_counts', 'enrollment_counts_latest.json'),
    JSON.stringify({ v1: { [SLUG]: counts } }),
  );
  const environment = {
    CONTRAIL_WAREHOUSE: `duckdb:${path}`,
    CONTRAIL_BUCKET: `file:${bucket}`,
    CONTRAIL_EXPERIMENTER: `file:${join(folder, 'experiments.json')}`,
    CONTRAIL_METRIC_HUB: `file:${folder}`,
    CONTRAIL_REDIS: inject('redisUrl'),
    CONTRAIL_QUEUE_PREFIX: `test-${randomUUID()}`,
  };
  const index = openAlertIndex(loadConfig([], { environment }));
  onTestFinished(() => index.close());
  return {
    index,
    check: async (now: string, more: Readonly<Record<string, string>> = {}) => {
      const { code, stdout, stderr } = await runContrail(['run', 'check-alerts', '--json'], {
        environment: { ...environment, CONTRAIL_NOW: now, ...more },
        cwd: folder,
      });
      expect([code, stderr]).toEqual([0, expect.any(String)]);
      const { alerts } = Report.parse(JSON.parse(stdout));
      return alerts.find(({ rule, subject }) => rule === 'M1' && subject === SLUG)?.state;
    },
    alert: async () => {
      const noted = await index.read();
      const found = noted?.alerts.find(({ row }) => row.rule === 'M1' && row.subject === SLUG);
      if (found === undefined) throw new Error('the check has not noted the alert');
      return found.row;
    },
    stored: async () => {
      const file = temporaryDuckDb({ path });
      const rows = await queryRows(
        file,
        `SELECT state, actor, silence_reason FROM monitoring.alerts_v1 WHERE alert_id = 'M1.${SLUG}.silence' ORDER BY changed_at`,
      );
      file.close();
      return rows;
    },
  };
}

it('silences the check of another process, also after Redis has lost it, until it is lifted', async () => {
  const { index, check, alert, stored } = setup();
  const at = (minutes: number) => new Date(Date.parse(NOW) + minutes * 60_000).toISOString();

  const opened = await check(at(0));
  const silence = silenceRule(
    await alert(),
    { until: Date.parse(at(1440)), reason: 'a known bug', actor: 'ada' },
    Date.parse(at(1)),
  );
  await index.silence(silence);
  const silenced = await check(at(5));
  const withoutRedis = await check(at(10), { CONTRAIL_REDIS: 'redis://127.0.0.1:1' });
  await index.silence(liftSilence(silence, 'bob', Date.parse(at(11))));
  const lifted = await check(at(15));

  expect([opened, silenced, withoutRedis, lifted]).toEqual(['open', 'silenced', 'silenced', 'open']);
  expect(await stored()).toEqual([
    { state: 'silenced', actor: 'ada', silence_reason: 'a known bug' },
    { state: 'resolved', actor: 'bob', silence_reason: 'a known bug' },
  ]);
});
