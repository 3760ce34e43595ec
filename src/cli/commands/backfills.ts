/** `contrail backfills`: lists backfills, or follows one. */
import { findBackfill } from '../../app/backfills/change-backfill.ts';
import { settleBackfill } from '../../app/backfills/settle.ts';
import { openBackfills } from '../../app/compose/open-backfills.ts';
import { checkRedis, openQueue } from '../../app/compose/open-queue.ts';
import { clockOf } from '../../app/compose/wire.ts';
import { loadConfig } from '../../config/load-config.ts';
import { ContrailError } from '../../domain/errors.ts';
import type { Backfill } from '../../ports/backfills.ts';
import { throwUnlessDone, waitForBackfill } from '../backfill/wait-for-backfill.ts';
import { backfillDocument, countsText, printBackfills } from '../backfill/backfill-text.ts';
import { printJson, printResult, say } from '../output.ts';
import { abortOnSignals } from '../signals.ts';

interface BackfillsOptions {
  readonly wait?: true;
  readonly json?: true;
}

export async function backfills(id: string | undefined, options: BackfillsOptions): Promise<void> {
  if (options.wait && id === undefined) {
    throw new ContrailError('USAGE', '--wait needs the id of a backfill.', {
      hint: 'List the ids with: contrail backfills',
    });
  }
  const config = loadConfig(['warehouse', 'bucket']);
  await checkRedis(config.redis.reveal());
  const clock = clockOf(config);
  const { signal, release } = abortOnSignals();
  const kept = openBackfills(config);
  const queue = await openQueue(config);
  try {
    const deps = { queue, backfills: kept, clock };
    if (options.wait && id !== undefined) {
      const followed = await waitForBackfill(deps, id, signal);
      if (options.json) printJson({ backfills: [backfillDocument(followed)] });
      else printResult(`${countsText(followed)}.`);
      return throwUnlessDone(followed, signal);
    }
    const found = id === undefined ? await kept.list() : [await findBackfill(kept, id)];
    const settled: Backfill[] = [];
    for (const backfill of found) settled.push(await settleBackfill(deps, backfill, signal));
    if (options.json) return printJson({ backfills: settled.map(backfillDocument) });
    printBackfills(settled, clock.now());
    if (settled.length === 0) say('There was no backfill in the last 30 days. Start one with: contrail backfill');
  } finally {
    release();
    await Promise.all([kept.close(), queue.close()]);
  }
}
