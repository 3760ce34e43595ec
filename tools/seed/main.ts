/** `node tools/seed/main.ts` (Node 22.18 or newer): seeds the emulators that the settings of the environment name. */
import { loadConfig } from '../../src/config/load-config.ts';
import { abortOnSignals } from '../../src/cli/signals.ts';
import { exitCodeOf, sayError } from '../../src/cli/output.ts';
import { toContrailError } from '../../src/domain/errors.ts';
import { seedEmulators } from './seed-emulators.ts';

const { signal, release } = abortOnSignals();
try {
  const { made, views } = await seedEmulators(loadConfig(['warehouse', 'bucket']), Date.now(), signal);
  process.stdout.write(`Seeded ${made} of ${views} views; the others were there.\n`);
} catch (error) {
  const failure = toContrailError(error);
  sayError(failure);
  process.exitCode = exitCodeOf(failure);
} finally {
  release();
}
