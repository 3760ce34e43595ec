/** What do processes take that have nothing to do? See README.md. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startPrivateRedis } from '../../src/adapters/redis-server/private-redis.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import type { BenchRequest, BenchResult } from '../bench-result.ts';
import { environmentOf, runContrail, startWorker, stopWorker } from '../support/contrail.ts';
import { startCountingStorage, startWarehouse } from '../support/services.ts';

const EXPERIMENTS = 100;
const MOST_CPU_PERCENT = 1;
/** Linux counts the processor time of a process in hundredths of a second. */
const TICKS_PER_SECOND = 100;

export const data = `${EXPERIMENTS} experiments with a file each, all published; one worker process with the settings as they are by default`;

export async function run({ full, folder }: BenchRequest): Promise<BenchResult[]> {
  const seconds = full ? 3_600 : 60;
  const slugs = Array.from({ length: EXPERIMENTS }, (_, index) => `table-${index}`);
  const tables = slugs.map((slug) => ({
    name: `mozanalysis.statistics_${slug.replaceAll('-', '_')}_weekly`,
    kind: 'table' as const,
    generate: { rows: 50, windows: 1 },
  }));
  const warehouse = await startWarehouse({ tables, datasets: ['monitoring'] });
  const storage = await startCountingStorage();
  const redis = await startPrivateRedis({ clock: systemClock });
  const peer = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  try {
    const experiments = join(folder, 'experiments.json');
    writeFileSync(experiments, JSON.stringify(slugs.map((slug) => ({ slug }))));
    const environment = environmentOf(warehouse, storage, {
      CONTRAIL_REDIS: redis.url,
      CONTRAIL_EXPERIMENTER: `file:${experiments}`,
    });
    const worker = await startWorker(environment, folder);
    await runContrail(['backfill', '--product', 'statistics', '--wait', '--json'], environment, folder);
    // The records of what was published are written, and garbage is collected.
    await delay(full ? 300_000 : 5_000);
    const before = figuresOf(worker);
    const peerBefore = figuresOf(peer);
    await delay(seconds * 1_000);
    const after = figuresOf(worker);
    const peerAfter = figuresOf(peer);
    await stopWorker(worker);
    return [
      {
        question: `Processor time of a worker that waits for ${seconds} s`,
        value: (100 * (after.cpuSeconds - before.cpuSeconds)) / seconds,
        unit: 'percent',
        limit: { atMost: MOST_CPU_PERCENT },
      },
      {
        question: 'Processor time of a Node process with a timer each second meanwhile',
        value: (100 * (peerAfter.cpuSeconds - peerBefore.cpuSeconds)) / seconds,
        unit: 'percent',
      },
      {
        question: 'Memory of the worker at the end over the beginning',
        value: after.rssMib / before.rssMib,
        unit: 'times',
      },
      { question: 'Memory of the worker at the end', value: after.rssMib, unit: 'MiB' },
    ];
  } finally {
    peer.kill();
    await Promise.all([warehouse.stop(), storage.stop(), redis.stop()]);
  }
}

/** What Linux knows of a process. */
function figuresOf({ pid }: ChildProcess): { readonly cpuSeconds: number; readonly rssMib: number } {
  const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
  // The fields behind the name of the program, which may hold spaces: proc(5) counts them from 3.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [user, system] = [Number(fields[11]), Number(fields[12])];
  const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
  const rssKib = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]);
  return { cpuSeconds: (user + system) / TICKS_PER_SECOND, rssMib: rssKib / 1_024 };
}
