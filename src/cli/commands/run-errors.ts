/** `contrail run errors`: exports errors files in this process, without Redis. */
import { loadConfig } from '../../config/load-config.ts';
import { ContrailError } from '../../domain/errors.ts';
import { claimOfTyped } from '../../domain/file-claim.ts';
import { checkSlug, quote } from '../../domain/slug.ts';
import { parseDate, parseTimestamp } from '../../domain/utc-time.ts';
import { exportErrors } from '../../workers/errors/export-errors.ts';
import { ask } from '../help.ts';
import { runExperiments } from '../run-experiments.ts';
import { logOf } from '../log.ts';
import { abortOnSignals } from '../signals.ts';
import { wire } from '../../app/compose/wire.ts';

interface Options {
  readonly experiment: readonly string[];
  readonly analysisStart?: string;
  readonly enrollmentEnd?: string;
  readonly force?: true;
  readonly json?: true;
}

export async function runErrors({ experiment, analysisStart, enrollmentEnd, force, json }: Options): Promise<void> {
  const times = {
    analysisStart: ask(() => readTime(analysisStart)),
    enrollmentEnd: ask(() => readDay(enrollmentEnd)),
  };
  const slugs = [...new Set(experiment)].map((slug) => ask(() => checkSlug(slug)));
  const config = loadConfig(['warehouse', 'bucket']);
  const adapters = await wire(config, { createWarehouse: true, log: logOf(config) });
  const { signal, release } = abortOnSignals();
  try {
    await runExperiments({
      product: 'errors',
      experiments: slugs,
      adapters,
      config,
      asJson: json ?? false,
      counted: 'row',
      signal,
      run: (slug, job) => {
        const request = { ...claimOfTyped(slug), ...times, force: force ?? false, job, signal };
        return exportErrors(adapters, request);
      },
    });
  } finally {
    release();
    await adapters.close();
  }
}

function readTime(text: string | undefined): number | null {
  if (text === undefined) return null;
  const micros = parseTimestamp(text);
  if (micros !== undefined) return micros;
  throw new ContrailError('USAGE', `${quote(text)} is not a time.`, {
    hint: 'A time is written like 2026-08-21T04:12:09Z.',
  });
}

function readDay(text: string | undefined): number | null {
  if (text === undefined) return null;
  const micros = parseDate(text);
  if (micros !== undefined) return micros;
  throw new ContrailError('USAGE', `${quote(text)} is not a day.`, { hint: 'A day is written like 2026-08-21.' });
}
