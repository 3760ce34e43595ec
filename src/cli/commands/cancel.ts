/** `contrail cancel`: stops the exports of an experiment in whatever process they run. */
import { hostname } from 'node:os';
import { cancelJobs, type CancelledJob } from '../../app/cancel/cancel-jobs.ts';
import { type CancelSelection, findOpenJobs } from '../../app/cancel/find-open-jobs.ts';
import { openBackfills } from '../../app/compose/open-backfills.ts';
import { checkRedis, openQueue } from '../../app/compose/open-queue.ts';
import { pricingOf } from '../../app/compose/pricing.ts';
import { startRecordKeeping } from '../../app/compose/record-keeping.ts';
import { wire } from '../../app/compose/wire.ts';
import { type Config, loadConfig } from '../../config/load-config.ts';
import { parseAnalysisPeriod } from '../../domain/analysis-period.ts';
import { ContrailError } from '../../domain/errors.ts';
import type { JobQueue } from '../../ports/job-queue.ts';
import { logOf } from '../log.ts';
import { oneLine, plural, printJson, printResult } from '../output.ts';
import { abortOnSignals } from '../signals.ts';

interface CancelOptions {
  readonly json?: true;
}

export async function cancel(name: string, period: string | undefined, options: CancelOptions): Promise<void> {
  const selection = { name, ...(period === undefined ? {} : { period: parseAnalysisPeriod(period) }) };
  const config = loadConfig(['warehouse', 'bucket']);
  await checkRedis(config.redis.reveal());
  const { signal, release } = abortOnSignals();
  const queue = await openQueue(config);
  try {
    const ends = await cancelSelected({ config, queue, signal }, selection);
    if (options.json) printJson({ jobs: ends.map(documentOf) });
    else for (const end of ends) printResult(lineOf(end));
    const stopping = ends.filter(({ end }) => end === 'stopping').length;
    if (stopping > 0) {
      throw new ContrailError('JOB_FAILED', `${plural(stopping, 'export')} did not stop yet; the worker may be gone.`, {
        hint: 'It stays marked, and no worker takes it up again.',
      });
    }
  } finally {
    release();
    await queue.close();
  }
}

interface Cancelling {
  readonly config: Config;
  readonly queue: JobQueue;
  readonly signal: AbortSignal;
}

async function cancelSelected(
  { config, queue, signal }: Cancelling,
  selection: CancelSelection,
): Promise<CancelledJob[]> {
  const jobs = await findOpenJobs(queue, selection, signal);
  const adapters = await wire(config, { createWarehouse: false, log: logOf(config) });
  const keeping = await startRecordKeeping(config, adapters, config.redis.reveal());
  const backfills = openBackfills(config);
  try {
    const { clock, log } = adapters;
    const worker = `${hostname()}:${process.pid}`;
    const recording = { sink: keeping.taker, clock, log, worker, pricing: pricingOf(config) };
    return await cancelJobs({ queue, backfills, recording, clock }, jobs, signal);
  } finally {
    await Promise.all([keeping.stop(), backfills.close()]);
    await adapters.close();
  }
}

const SENTENCES = {
  cancelled: 'cancelled',
  done: 'ended before it could be stopped',
  stopping: 'is still stopping',
} as const;

function lineOf({ job, end }: CancelledJob): string {
  const cells = [end, oneLine(job.name), job.queue, job.id];
  return process.stdout.isTTY ? `${oneLine(job.name)}: ${SENTENCES[end]}` : cells.join('\t');
}

function documentOf({ job: { id, queue, name }, end }: CancelledJob) {
  return { id, queue, name, end };
}
