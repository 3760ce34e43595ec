/** `contrail doctor`: checks every dependency and right of the set-up. */
import { doctorChecks } from '../../app/compose/doctor-checks.ts';
import { wire } from '../../app/compose/wire.ts';
import { runChecks } from '../../app/doctor/check.ts';
import { loadConfig } from '../../config/load-config.ts';
import { ContrailError } from '../../domain/errors.ts';
import { settlesWithin } from '../../queue/settles-within.ts';
import { printChecks, printChecksAsJson } from '../doctor/print-checks.ts';
import { logOf } from '../log.ts';
import { plural } from '../output.ts';
import { abortOnSignals, exitAfter } from '../signals.ts';

/** What does not close by then is cut off. */
const CLOSING_MS = 1_000;

export async function doctor({ json }: { readonly json?: true }): Promise<void> {
  const config = loadConfig(['warehouse', 'bucket']);
  const adapters = await wire(config, { createWarehouse: false, log: logOf(config) });
  const { signal, release } = abortOnSignals();
  const checks = await doctorChecks(adapters, config);
  let code = 1;
  try {
    const results = await runChecks(checks.groups, adapters.clock, signal);
    if (json === true) printChecksAsJson(results);
    else printChecks(results);
    const failed = results.filter(({ state }) => state === 'failed').length;
    if (failed > 0) throw new ContrailError('CHECK_FAILED', `${plural(failed, 'check')} failed.`);
    code = 0;
  } finally {
    release();
    await settlesWithin(Promise.all([checks.close(), adapters.close()]), CLOSING_MS, adapters.clock);
    exitAfter(0, adapters, code);
  }
}
