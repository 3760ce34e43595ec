/** `contrail backfill pause|resume|cancel ID`: changes a backfill, from any machine. */
import { hostname } from 'node:os';
import {
  cancelBackfill,
  type CancelledBackfill,
  findBackfill,
  setPaused,
} from '../../app/backfills/change-backfill.ts';
import { openBackfills } from '../../app/compose/open-backfills.ts';
import { checkRedis, openQueue } from '../../app/compose/open-queue.ts';
import { pricingOf } from '../../app/compose/pricing.ts';
import { startRecordKeeping } from '../../app/compose/record-keeping.ts';
import { wire } from '../../app/compose/wire.ts';
import { type Config, loadConfig } from '../../config/load-config.ts';
import { ContrailError } from '../../domain/errors.ts';
import type { Backfill, Backfills } from '../../ports/backfills.ts';
import { backfillDocument, countsText } from '../backfill/backfill-text.ts';
import { logOf } from '../log.ts';
import { plural, printJson, printResult } from '../output.ts';
import { abortOnSignals } from '../signals.ts';

interface ChangeOptions {
  readonly json?: true;
}

export async function changeBackfill(
  change: 'pause' | 'resume' | 'cancel',
  id: string,
  options: ChangeOptions,
): Promise<void> {
  const config = loadConfig(['warehouse', 'bucket']);
  await checkRedis(config.redis.reveal());
  const { signal, release } = abortOnSignals();
  const backfills = openBackfills(config);
  try {
    const { backfill, text } =
      change === 'cancel'
        ? await cancelled({ config, backfills, signal }, id)
        : await paused({ backfills, signal }, id, change === 'pause');
    if (options.json) printJson(backfillDocument(backfill));
    else printResult(text);
    if (change === 'cancel' && backfill.open > 0) {
      throw new ContrailError(
        'JOB_FAILED',
        `${plural(backfill.open, 'job')} did not stop yet; the worker may be gone.`,
        {
          hint: 'They stay marked, and no worker takes them up again.',
        },
      );
    }
  } finally {
    release();
    await backfills.close();
  }
}

interface Changed {
  readonly backfill: Backfill;
  readonly text: string;
}

interface Changing {
  readonly backfills: Backfills;
  readonly signal: AbortSignal;
}

async function paused({ backfills, signal }: Changing, id: string, isPaused: boolean): Promise<Changed> {
  await setPaused(backfills, { id, isPaused, signal });
  const backfill = await findBackfill(backfills, id);
  const next = isPaused ? ` Go on with: contrail backfill resume ${id}` : '';
  return { backfill, text: `The backfill ${id} is ${backfill.state}: ${countsText(backfill)}.${next}` };
}

async function cancelled(
  { config, backfills, signal }: Changing & { readonly config: Config },
  id: string,
): Promise<Changed> {
  const adapters = await wire(config, { createWarehouse: false, log: logOf(config) });
  const keeping = await startRecordKeeping(config, adapters, config.redis.reveal());
  const queue = await openQueue(config);
  try {
    const { clock, log } = adapters;
    const worker = `${hostname()}:${process.pid}`;
    const recording = { sink: keeping.taker, clock, log, worker, pricing: pricingOf(config) };
    const ends = await cancelBackfill({ backfills, queue, recording, clock }, id, signal);
    return { backfill: ends.backfill, text: cancelText(ends) };
  } finally {
    await queue.close();
    await keeping.stop();
    await adapters.close();
  }
}

function cancelText({ backfill, cancelled: waiting, stopped }: CancelledBackfill): string {
  const jobs = `${plural(waiting, 'waiting job')} and ${plural(stopped, 'running job')} stopped`;
  return `The backfill ${backfill.id} is cancelled, ${jobs}: ${countsText(backfill)}.`;
}
