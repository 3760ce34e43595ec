/** What a process tells of itself: its metrics, and whether it can work. */
import { formatAge } from '../../domain/age-text.ts';
import type { Pricing } from '../../domain/query-cost-price.ts';
import { CONTRAIL_VERSION } from '../../domain/version.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { ReadableMetrics } from '../../ports/metrics.ts';
import type { QueueWatch } from '../../ports/queue-watch.ts';
import type { TurnCounts } from '../../ports/shared-limit.ts';
import type { FailureEvent } from '../../queue/worker-events.ts';
import { type AttemptHooks, SLOW_REMEDY } from '../attempts/attempt-hooks.ts';
import type { PassReport } from '../repeating.ts';
import { countAttempts } from './count-attempts.ts';
import { KeptLook } from './kept-look.ts';
import { setQueueGauges } from './queue-gauges.ts';
import { standstillSentence } from './standstill.ts';
import { Troubles } from './troubles.ts';

export interface ObservationOptions {
  readonly metrics: ReadableMetrics;
  readonly watch: QueueWatch;
  /** How many commands this process has sent to Redis. */
  readonly commandsSent: () => number;
  readonly clock: Clock;
  readonly log: Log;
}

export class Observation {
  readonly #options: ObservationOptions;
  readonly #look: KeptLook;
  readonly #troubles: Troubles;
  /** When an attempt last ended well, by queue. */
  readonly #succeededAt = new Map<string, number>();
  #runningJobs: () => number = () => 0;
  #turns: () => readonly TurnCounts[] = () => [];
  #commandsCounted = 0;
  #isStopping = false;
  #wasReady = true;

  constructor(options: ObservationOptions) {
    this.#options = options;
    this.#look = new KeptLook(options.watch, options.clock);
    this.#troubles = new Troubles(options.clock);
    options.metrics.set('contrail_build_info', { version: CONTRAIL_VERSION }, 1);
  }

  get contentType(): string {
    return this.#options.metrics.contentType;
  }

  /** `/metrics`: up to date to five seconds. Never rejects because Redis is away. */
  async metricsText(): Promise<string> {
    const { metrics, commandsSent } = this.#options;
    setQueueGauges(metrics, await this.#look.look());
    metrics.set('contrail_ready', {}, (await this.problems()).length === 0 ? 1 : 0);
    metrics.set('contrail_running_jobs', {}, this.#runningJobs());
    for (const { limit, held, waiting } of this.#turns()) {
      metrics.set('contrail_limit_turns', { limit, state: 'held' }, held);
      metrics.set('contrail_limit_turns', { limit, state: 'waiting' }, waiting);
    }
    const sent = commandsSent();
    metrics.add('contrail_redis_commands_total', {}, sent - this.#commandsCounted);
    this.#commandsCounted = sent;
    return metrics.text();
  }

  /** `/readyz`: why this process cannot work, a sentence each with the remedy; none if it can. */
  async problems(): Promise<string[]> {
    const problems = this.#isStopping ? ['This process is stopping.'] : await this.#findProblems();
    const { log } = this.#options;
    const isReady = problems.length === 0;
    if (isReady !== this.#wasReady && !this.#isStopping) {
      if (isReady) log.info({}, 'ready again');
      else log.warn({ problems }, 'not ready');
    }
    this.#wasReady = isReady;
    return problems;
  }

  /** Counts attempts, and remembers failures that an operator must end. */
  attemptHooks(pricing: Pricing): AttemptHooks {
    const counting = countAttempts(this.#options.metrics, pricing);
    return {
      onOutcome: (event) => {
        this.#troubles.over(event.queue);
        this.#succeededAt.set(event.queue, this.#options.clock.monotonic());
        return counting.onOutcome(event);
      },
      onFailure: (event) => {
        if (isLasting(event)) this.#troubles.note(event.queue, event.error.sentence);
        return counting.onFailure(event);
      },
      onThrottled: counting.onThrottled,
      onParked: (event) => {
        this.#troubles.note(`${event.queue} payloads`, event.reason);
        return counting.onParked(event);
      },
      onSlow: (event) => {
        const { queue, jobId, durationMs } = event;
        // Beside others that end well, it is only a large one.
        const sinceSuccess =
          this.#options.clock.monotonic() - (this.#succeededAt.get(queue) ?? Number.NEGATIVE_INFINITY);
        if (sinceSuccess < durationMs) return;
        this.#troubles.note(
          queue,
          `The job ${jobId} has run for ${formatAge(durationMs)}, and no other has ended well. ${SLOW_REMEDY}`,
        );
      },
    };
  }

  /** A pass of a repeating service has ended. */
  passed({ service, durationMs, error }: PassReport): void {
    const { metrics } = this.#options;
    metrics.add('contrail_service_passes_total', { service, result: error === undefined ? 'done' : 'failed' });
    metrics.observe('contrail_service_pass_seconds', { service }, durationMs / 1_000);
    if (error === undefined) this.#troubles.over(service);
    else this.#troubles.note(service, error.sentence);
  }

  /** A pass of a repeating service takes very long. */
  passing({ service, durationMs }: PassReport): void {
    const text = `A pass has run for ${formatAge(durationMs)}: the services that it asks may answer slowly.`;
    this.#troubles.note(service, `${text} See their status pages, and run \`contrail doctor\`.`);
  }

  /** A message about a change in the warehouse has come. */
  noticed(kind: string): void {
    this.#options.metrics.add('contrail_notices_total', { kind });
  }

  /** Something that keeps this process from its work, until it is over (undefined) or not heard of for 15 minutes. */
  noteTrouble(subject: string, sentence: string | undefined): void {
    if (sentence === undefined) this.#troubles.over(subject);
    else this.#troubles.note(subject, sentence);
  }

  /** Where the number of running jobs comes from. */
  countRunning(runningJobs: () => number): void {
    this.#runningJobs = runningJobs;
  }

  /** Where the turns of limits come from. */
  countTurns(turns: () => readonly TurnCounts[]): void {
    this.#turns = turns;
  }

  /** From now on the process is not ready, because it takes no more work. */
  stopping(): void {
    this.#isStopping = true;
  }

  /** Closes the connection. May be called twice. */
  close(): void {
    this.#options.watch.close();
  }

  async #findProblems(): Promise<string[]> {
    const look = await this.#look.look();
    const found = look.kind === 'failed' ? [look.error.sentence] : look.standstills.map(standstillSentence);
    return [...found, ...this.#troubles.sentences];
  }
}

/** A single failed attempt says little. */
const ATTEMPTS_OF_AN_OUTAGE = 3;

/** A permission, a bucket, a full disk; or a service that has not answered for some time. */
function isLasting({ error, attempt, final }: FailureEvent): boolean {
  if (error.failureClass === 'environment') return true;
  return error.code === 'SERVICE_UNAVAILABLE' && (final || attempt >= ATTEMPTS_OF_AN_OUTAGE);
}
