/** `contrail verify`: reads published files back, reports what is wrong, and enqueues repairs. */
import { type Config, loadConfig } from '../../config/load-config.ts';
import { ContrailError } from '../../domain/errors.ts';
import { PRODUCTS } from '../../producer/product-plan.ts';
import type { EnqueueReport } from '../../producer/enqueue-files.ts';
import type { Adapters } from '../../app/compose/adapters.ts';
import { checkRedis, openQueue } from '../../app/compose/open-queue.ts';
import { verifyDependencies } from '../../app/compose/verifying.ts';
import { wire } from '../../app/compose/wire.ts';
import { repairFiles } from '../../app/verify/repair-files.ts';
import { verifyFiles, type VerifyReport } from '../../app/verify/verify-files.ts';
import { logOf } from '../log.ts';
import { plural } from '../output.ts';
import { progressBar } from '../progress-bar.ts';
import { readPlanWithSteps, sayWarnings } from '../read-plan.ts';
import { abortOnSignals } from '../signals.ts';
import { printReport, printReportAsJson } from '../verify/print-report.ts';

export interface VerifyOptions {
  readonly experiment?: readonly string[];
  readonly deep?: true;
  readonly repair?: true;
  readonly json?: true;
}

export async function verify(options: VerifyOptions): Promise<void> {
  const config = loadConfig(['warehouse', 'bucket']);
  const adapters = await wire(config, { createWarehouse: false, log: logOf(config) });
  const { signal, release } = abortOnSignals();
  try {
    // Before a long reading that could not be followed by a repair.
    if (options.repair) await checkRedis(config.redis.reveal());
    const report = await read({ config, adapters, options, signal });
    sayWarnings(report.plan);
    const repaired = options.repair ? await repair({ config, adapters, signal }, report) : undefined;
    if (options.json) printReportAsJson(report, repaired);
    else printReport(report, repaired);
    throwIfFaulty(report);
  } finally {
    release();
    await adapters.close();
  }
}

interface Verification {
  readonly config: Config;
  readonly adapters: Adapters;
  readonly signal: AbortSignal;
}

async function read(verification: Verification & { readonly options: VerifyOptions }): Promise<VerifyReport> {
  const { config, adapters, options, signal } = verification;
  const experiments = options.experiment ?? [];
  const selection = { experiments, periods: [], apps: [], force: true, products: PRODUCTS };
  const bar = progressBar('verified', adapters.clock);
  try {
    const deps = verifyDependencies(adapters, config, {
      isDeep: options.deep ?? false,
      experiments,
      plan: () => readPlanWithSteps(adapters, config, { selection, signal }),
    });
    return await verifyFiles({ ...deps, onProgress: (done, of) => bar.update(done, of) }, signal);
  } finally {
    bar.stop();
  }
}

async function repair({ config, adapters, signal }: Verification, { files }: VerifyReport): Promise<EnqueueReport> {
  const queue = await openQueue(config);
  try {
    const { clock, random } = adapters;
    return await repairFiles({ queue, clock, random }, files, signal);
  } finally {
    await queue.close();
  }
}

function throwIfFaulty({ files, plan }: VerifyReport): void {
  const faulty = files.filter(({ state }) => state === 'faulty').length;
  if (faulty > 0)
    throw new ContrailError('FILES_FAULTY', `${plural(faulty, 'file')} ${faulty === 1 ? 'is' : 'are'} faulty.`);
  const [failure] = plan.failures;
  if (failure === undefined) return;
  if (failure.error.code === 'DATASET_MISSING') throw failure.error;
  throw new ContrailError('JOB_FAILED', 'Not all files could be compared with their source; see above.');
}
