/** How long does `contrail status` take with thousands of experiments? See README.md. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startPrivateRedis } from '../../src/adapters/redis-server/private-redis.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { openFreshnessIndex } from '../../src/app/compose/open-freshness-index.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { ANALYSIS_PERIODS } from '../../src/domain/analysis-period.ts';
import type { IndexedFile } from '../../src/domain/freshness/file-entry.ts';
import type { FileNote } from '../../src/domain/freshness/file-note.ts';
import type { BenchRequest, BenchResult } from '../bench-result.ts';
import { medianSeconds } from '../support/processor-seconds.ts';

// Seen from `bench/.build/<run>/bench/status`, where this is compiled to.
const CONTRAIL = fileURLToPath(new URL('../support/contrail-main.js', import.meta.url));
const EXPERIMENTS = 5_000;
const MOST_SECONDS = 1;
const MOST_TIMES = 13;

export const data = `${EXPERIMENTS} experiments with six files each in the freshness index, one file in twenty stale`;

export async function run({ full, folder }: BenchRequest): Promise<BenchResult[]> {
  const redis = await startPrivateRedis({ clock: systemClock });
  const settings = {
    CONTRAIL_REDIS: redis.url,
    CONTRAIL_WAREHOUSE: `duckdb:${join(folder, 'warehouse.duckdb')}`,
    CONTRAIL_BUCKET: `file:${join(folder, 'bucket')}`,
  };
  mkdirSync(join(folder, 'bucket'));
  try {
    await fillIndex(settings);
    Object.assign(process.env, settings);
    const [node = Number.NaN, whole = Number.NaN, one = Number.NaN, json = Number.NaN] = await medianSeconds(
      [
        ['-e', '0'],
        [CONTRAIL, 'status'],
        [CONTRAIL, 'status', 'experiment-number-17'],
        [CONTRAIL, 'status', '--json'],
      ],
      full ? 21 : 7,
    );
    return [
      { question: 'contrail status, processor time', value: whole, unit: 's', limit: { atMost: MOST_SECONDS } },
      { question: 'The same over node -e 0', value: whole / node, unit: 'times', limit: { atMost: MOST_TIMES } },
      { question: 'contrail status SLUG, processor time', value: one, unit: 's' },
      { question: 'contrail status --json, processor time', value: json, unit: 's' },
    ];
  } finally {
    await redis.stop();
  }
}

async function fillIndex(settings: Readonly<Record<string, string>>): Promise<void> {
  const index = openFreshnessIndex(loadConfig([], { environment: settings }));
  const pass = await index.begin();
  await index.note(
    Array.from({ length: EXPERIMENTS }, (_, n) => filesOf(`experiment-number-${n}`)).flatMap((files, n) =>
      files.flatMap((file, place) =>
        notesOf(file, { pass: pass.number, isStale: (n * files.length + place) % 20 === 0 }),
      ),
    ),
    pass,
  );
  await index.finish(pass, { at: systemClock.now(), unread: [] });
  index.close();
}

function filesOf(experiment: string): IndexedFile[] {
  return [
    ...ANALYSIS_PERIODS.slice(0, 4).map((period) => ({ product: 'statistics' as const, experiment, period })),
    { product: 'errors', experiment },
    { product: 'metadata', experiment },
  ];
}

/** A table that was published yesterday; the stale ones have changed since. */
function notesOf(
  file: IndexedFile,
  { pass, isStale }: { readonly pass: number; readonly isStale: boolean },
): FileNote[] {
  const at = systemClock.now() - 86_400_000;
  const version = new Date(at).toISOString();
  const changedAt = at + 3_600_000;
  const source = isStale
    ? { version: new Date(changedAt).toISOString(), changedAt, seenAt: changedAt }
    : { version, changedAt: at, seenAt: at };
  const published = { version, generation: '1768435200000000', at, rows: 5_000, bytes: 1_500_000, windows: '1-6' };
  return [
    { kind: 'seen', file, pass, application: 'firefox_desktop', source },
    { kind: 'published', file, published },
  ];
}
