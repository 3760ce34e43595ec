/** The demo: exports what is due, changes a table, exports again, and prints what happens. */
import { runStatements } from '../../adapters/duckdb/load-statistics.ts';
import type { Config } from '../../config/load-config.ts';
import { ContrailError } from '../../domain/errors.ts';
import { subjectOf } from '../../jobs/job-kinds.ts';
import { MONITORING_JOB } from '../../jobs/monitoring-job.ts';
import type { FreshnessIndex } from '../../ports/freshness-index.ts';
import type { JobQueue, KnownJob } from '../../ports/job-queue.ts';
import type { EnqueueReport } from '../../producer/enqueue-files.ts';
import { nameOfFile } from '../../producer/product-plan.ts';
import { ALERTS_TABLE } from '../../domain/monitoring-tables.ts';
import { newestRows } from '../../alerts/row.ts';
import { alertHistory } from '../../workers/monitoring/alert-history.ts';
import { followJobs } from '../../app/follow/follow-jobs.ts';
import { plural, oneLine, say } from '../output.ts';
import { configuredQueries } from '../../app/compose/queries.ts';
import { scanDependencies } from '../../app/compose/planning.ts';
import { scanOnce } from '../../app/scan.ts';
import { startWorkers, type Workers } from '../../app/pool/start-workers.ts';
import type { WiredAdapters } from '../../app/compose/adapters.ts';
import type { Observation } from '../../app/observe/observation.ts';
import { demoTasks, enqueueTasks } from './demo-monitoring.ts';
import { describeEndedJob } from './describe-job.ts';
import { BAD_EXPERIMENT, CHANGING_EXPERIMENT, changeResults } from './odd-tables.ts';

const CHANGE_EVERY_MS = 20_000;

export type DemoAdapters = WiredAdapters & Required<Pick<WiredAdapters, 'duckdb'>>;

export interface DemoRunOptions {
  readonly config: Config;
  readonly adapters: DemoAdapters;
  readonly redisUrl: string;
  readonly queue: JobQueue;
  /** What the page shows of the files. */
  readonly index: FreshnessIndex;
  /** Learns how attempts end. */
  readonly observation: Observation;
  readonly signal: AbortSignal;
}

export interface DemoSummary {
  readonly text: string;
  /** Whether every export ended as intended: the bad table refused, all others published. */
  readonly isAsIntended: boolean;
}

export class DemoRun {
  readonly #options: DemoRunOptions;
  readonly #adapters: DemoAdapters;
  #pool: Workers | undefined;

  constructor(options: DemoRunOptions) {
    this.#options = options;
    // The demo prints how jobs end; the log shows only unexpected errors.
    const quiet = (): void => undefined;
    this.#adapters = {
      ...options.adapters,
      log: {
        ...options.adapters.log,
        debug: quiet,
        info: quiet,
        warn: quiet,
        error: (fields, text) => options.adapters.log.error(fields, text),
      },
    };
  }

  /** Exports what is due, changes one table, exports that. `changeFirst`: change the table before the first export. */
  async once({ changeFirst }: { readonly changeFirst: boolean }): Promise<DemoSummary> {
    const { config, redisUrl, observation } = this.#options;
    this.#pool = await startWorkers({
      config,
      adapters: this.#adapters,
      redisUrl,
      observation,
    });
    if (changeFirst) await this.#change('Since the last demo');
    const ended = await this.#exportDue();
    if (!changeFirst) {
      // By then the log rows of the first exports are in the warehouse, so their errors files are due.
      await this.#pool.waitUntilDrained();
      await this.#change('While you watch');
      ended.push(...(await this.#exportDue()));
    }
    await this.#pool.waitUntilDrained();
    ended.push(...(await this.#watch()));
    await this.#pool.waitUntilDrained();
    const surprises = ended.filter((job) => (job.state === 'failed') !== isMeantToFail(job));
    const files = ended.filter((job) => job.queue !== MONITORING_JOB.queue);
    const published = files.filter((job) => job.state === 'completed').length;
    const refused = files.length - published;
    const text = `${plural(published, 'file')} published, ${refused} refused${refused > 0 ? ' as intended' : ''}. Run the demo again: only what changed is exported.`;
    return {
      text: surprises.length === 0 ? text : `${surprises.length} exports ended unexpectedly.`,
      isAsIntended: surprises.length === 0,
    };
  }

  /** Changes the table every 20 s until the demo is stopped. */
  async untilStopped(): Promise<void> {
    const { signal } = this.#options;
    say(`\nOne table gets new results every ${CHANGE_EVERY_MS / 1000} s. Ctrl-C ends the demo.`);
    while (!signal.aborted) {
      await this.#adapters.clock.sleep(CHANGE_EVERY_MS, signal).catch(() => undefined);
      if (signal.aborted) return;
      await this.#changeOnce();
    }
  }

  async #changeOnce(): Promise<void> {
    try {
      await this.#change('Now');
      await this.#exportDue();
    } catch (error) {
      // Another command may hold the DuckDB file for long; the next change comes soon.
      if (!(error instanceof ContrailError && error.code === 'WAREHOUSE_BUSY')) throw error;
      say(`  ${oneLine(error.sentence)}`);
    }
  }

  /** Waits for running exports. May be called twice. */
  async stop(): Promise<void> {
    await this.#pool?.stop();
  }

  async #change(when: string): Promise<void> {
    say(`${when}, ${CHANGING_EXPERIMENT} got new results.`);
    await runStatements(this.#options.adapters.duckdb, changeResults(this.#options.config.resultsDataset));
  }

  /** Fills the monitoring tables and prints the critical alerts. */
  async #watch(): Promise<KnownJob[]> {
    const { queue, signal, adapters } = this.#options;
    const { clock } = adapters;
    say('Monitoring: experiments, query cost of two weeks, sample ratios, alerts, and one configured query.');
    const ended: KnownJob[] = [];
    const now = clock.now();
    const queries = configuredQueries(this.#options.config).map(({ name }) => name);
    for (const tasks of demoTasks(now, queries)) {
      const jobs = await enqueueTasks(queue, tasks, { now, signal });
      const onEnded = (job: KnownJob): void => {
        ended.push(job);
        if (subjectOf(job.queue, job.payload)?.product === 'query') say(`  ${oneLine(describeEndedJob(job))}`);
      };
      await followJobs({ queue, jobs, clock, signal, onProgress: () => undefined, onEnded });
    }
    const alerts = newestRows(await alertHistory(adapters.reader).alerts(signal)).filter(
      ({ state }) => state === 'open',
    );
    const shown = alerts.filter(({ severity }) => severity === 'critical');
    say(
      `  ${plural(alerts.length, 'alert')} open, ${shown.length} of them critical (all: monitoring.${ALERTS_TABLE}):`,
    );
    for (const { severity, rule, summary } of shown)
      say(`  ${severity.padEnd(8)} ${rule.padEnd(3)} ${oneLine(summary ?? '')}`);
    return ended;
  }

  async #exportDue(): Promise<KnownJob[]> {
    const { config, queue, index, signal } = this.#options;
    const report = await scanOnce(
      scanDependencies(this.#adapters, config, { queue, records: this.#adapters.sink, index }),
      signal,
    );
    tellPlan(report);
    const ended: KnownJob[] = [];
    await followJobs({
      queue,
      jobs: report.enqueued.map(({ due, jobId }) => ({ queue: due.queue, id: jobId })),
      clock: this.#adapters.clock,
      signal,
      onProgress: () => undefined,
      onEnded: (job) => {
        ended.push(job);
        say(`  ${oneLine(describeEndedJob(job))}`);
      },
    });
    return ended;
  }
}

function tellPlan({ enqueued, skipped }: EnqueueReport): void {
  say(`${plural(enqueued.length, 'file')} due.`);
  for (const { due, reason } of skipped) say(`  skipped  ${oneLine(`${nameOfFile(due)}: ${reason}`)}`);
}

function isMeantToFail(job: KnownJob): boolean {
  const subject = subjectOf(job.queue, job.payload);
  return subject?.product === 'statistics' && subject.experiment === BAD_EXPERIMENT;
}
