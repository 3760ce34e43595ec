/** `contrail run import-experiments`, `query-cost`, `sample-ratio`, `check-alerts`, in this process. */
import { type Config, loadConfig } from '../../config/load-config.ts';
import { ContrailError } from '../../domain/errors.ts';
import { quote } from '../../domain/slug.ts';
import { dateText, MICROS_PER_DAY, parseDate } from '../../domain/utc-time.ts';
import type { MonitoringPayload, MonitoringTask, QueryPayload } from '../../jobs/monitoring-job.ts';
import { type MonitoringResult, runMonitoringTask } from '../../workers/monitoring/monitoring-tasks.ts';
import { ask } from '../help.ts';
import { type MonitoringSetup, monitoringDependencies } from '../../app/compose/monitoring-dependencies.ts';
import { notifiersOf } from '../../app/compose/notifiers.ts';
import { logOf } from '../log.ts';
import { oneLine, plural, printJson, printResult, say } from '../output.ts';
import { withRedisIfThere } from '../../app/compose/redis-if-there.ts';
import { abortOnSignals } from '../signals.ts';
import type { Adapters } from '../../app/compose/adapters.ts';
import { wire } from '../../app/compose/wire.ts';

interface Options {
  readonly json?: true;
}

interface DayRange {
  readonly date: string;
  readonly to?: string;
}

/** `contrail run query-cost`: one day, or every day of a range. */
export async function runQueryCost({ date, to, ...options }: Options & DayRange): Promise<void> {
  const days = ask(() => daysFrom(date, to ?? date));
  await runTasks(
    days.map((day) => ({ version: 1, task: 'query-cost', day })),
    options,
  );
}

/** The other tasks, which take no arguments. */
export async function runTask(task: Exclude<MonitoringTask, 'query-cost' | 'query'>, options: Options): Promise<void> {
  await runTasks([{ version: 1, task }], options);
}

async function runTasks(
  payloads: readonly Exclude<MonitoringPayload, QueryPayload>[],
  { json }: Options,
): Promise<void> {
  const config = loadConfig(['warehouse', 'bucket']);
  const adapters = await wire(config, { createWarehouse: true, log: logOf(config) });
  const { signal, release } = abortOnSignals();
  try {
    const looksAtQueue = payloads.some(({ task }) => task === 'check-alerts');
    const withSetup = looksAtQueue ? withQueueIfThere : withoutQueue;
    const results = await withSetup(config, adapters, async (all) => {
      const deps = monitoringDependencies(all);
      const done: MonitoringResult[] = [];
      for (const payload of payloads) {
        const work = ['run', String(adapters.clock.now()), String(process.pid), JSON.stringify(payload)];
        done.push((await runMonitoringTask(deps, { payload, work, signal })).done);
      }
      return done;
    });
    if (json) printJson(results.length === 1 ? results[0]?.result : results.map(({ result }) => result));
    else results.forEach(report);
  } finally {
    release();
    await adapters.close();
  }
}

/** The other tasks use no Redis and send no messages. */
async function withoutQueue<Result>(
  config: Config,
  adapters: Adapters,
  work: (all: MonitoringSetup) => Promise<Result>,
): Promise<Result> {
  const fail = () => Promise.reject(new ContrailError('REDIS_UNREACHABLE', 'Redis was not asked.'));
  const redis = { queue: undefined, waiting: fail, watch: { look: fail } };
  return work({ config, adapters, records: adapters.sink, ...redis, notifiers: [] });
}

/** check-alerts looks at the queue, but also works without Redis. */
async function withQueueIfThere<Result>(
  config: Config,
  adapters: Adapters,
  work: (all: MonitoringSetup) => Promise<Result>,
): Promise<Result> {
  const notifiers = await notifiersOf(config, adapters);
  return withRedisIfThere(config, (redis) => work({ config, adapters, records: adapters.sink, ...redis, notifiers }));
}

function report(done: MonitoringResult): void {
  switch (done.task) {
    case 'import-experiments': {
      const { imported, malformed, outcome } = done.result;
      printResult(outcome === 'kept' ? 'Nothing to import.' : `${plural(imported, 'experiment')} imported.`);
      if (malformed > 0)
        say(`warning: ${plural(malformed, 'record')} could not be read; monitoring.logs has the reasons.`);
      return;
    }
    case 'query-cost': {
      const { day, rows, costUsd, isComplete } = done.result;
      printResult(`${day}: ${plural(rows, 'row')}, ${costUsd.toFixed(2)} USD.`);
      if (!isComplete) say(`warning: ${day} is not over yet; its cost can still grow.`);
      return;
    }
    case 'sample-ratio': {
      const { rows, likely } = done.result;
      printResult(`${plural(rows, 'experiment')} tested, ${likely.length} with a likely mismatch.`);
      for (const slug of likely) printResult(`  ${oneLine(slug)}`);
      return;
    }
    case 'check-alerts': {
      const { alerts, opened, resolved, sent, unsent } = done.result;
      for (const { rule, severity, subject, state, summary } of alerts)
        printResult(
          `${severity.padEnd(8)} ${rule.padEnd(3)} ${oneLine(`${subject}: ${summary ?? ''} ${state === 'open' ? '' : `(${state})`}`)}`,
        );
      printResult(
        `${plural(alerts.length, 'alert')}: ${opened} opened and ${resolved} resolved now; ${plural(sent, 'message')} sent.`,
      );
      for (const target of unsent) say(`warning: ${target} did not accept its message; the next check sends it again.`);
    }
  }
}

/** Every day of a range, including both ends. */
function daysFrom(first: string, last: string): string[] {
  const [from, to] = [first, last].map((day) => {
    const micros = parseDate(day);
    if (micros !== undefined) return micros;
    throw new ContrailError('USAGE', `${quote(day)} is not a day.`, { hint: 'A day is written like 2026-01-14.' });
  });
  if (from === undefined || to === undefined || to < from) {
    throw new ContrailError('USAGE', `The range ends before it begins: ${first} to ${last}.`);
  }
  return Array.from({ length: (to - from) / MICROS_PER_DAY + 1 }, (_, index) =>
    dateText(from + index * MICROS_PER_DAY),
  );
}
