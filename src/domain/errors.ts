/**
 * The error catalogue. The class of a code decides what the queue does: it retries only `transient` and `throttled`.
 * `docs/errors.md` is made from `text` and `remedy`.
 */
import type { ReadingUsage } from './outcome.ts';

/**
 * `transient`: may go away by itself. `throttled`: a service wants fewer requests. `environment`: an operator must act.
 * `content`: the data must change. `usage`: the command or the configuration must change.
 */
export type FailureClass = 'transient' | 'throttled' | 'environment' | 'content' | 'usage';

export const ERROR_CATALOGUE = {
  USAGE: {
    class: 'usage',
    text: 'The command line has an unknown command, option or value.',
    remedy: 'Correct the command; `contrail <command> --help` lists its options.',
  },
  CONFIG_INVALID: {
    class: 'usage',
    text: 'A setting is missing or invalid.',
    remedy: 'Correct the variables that the message names. docs/configuration.md lists all settings.',
  },
  SLUG_INVALID: {
    class: 'content',
    text: 'A slug is empty, longer than 80 characters, or holds control characters.',
    remedy: 'Correct the slug in the experiments API; Contrail names the file after it.',
  },
  SLUG_CONFLICT: {
    class: 'content',
    text: 'Two experiments would share one file.',
    remedy: 'Rename one of the experiments; slugs that differ only in `-` and `_` have the same file name.',
  },
  EXPERIMENT_UNKNOWN: {
    class: 'content',
    text: 'No experiment has that name.',
    remedy: 'Check the spelling; the message suggests the nearest name. The experiment may not be launched yet.',
  },
  EXPERIMENT_MALFORMED: {
    class: 'content',
    text: 'A record of the experiments API cannot be read.',
    remedy: 'Correct the record in Experimenter, or report it there. Other experiments are not affected.',
  },
  METRIC_UNKNOWN: {
    class: 'content',
    text: 'An experiment has no metric of that name.',
    remedy:
      'Check the spelling; the message suggests the nearest name. The metric may be in no list of the experiment.',
  },
  FILE_MALFORMED: {
    class: 'content',
    text: 'A published file does not have the format that Contrail writes.',
    remedy: 'Publish it again: `contrail run statistics --experiment SLUG --period PERIOD --force`.',
  },
  RESULTS_MISSING: {
    class: 'content',
    text: 'The warehouse has no results for the experiment and period.',
    remedy: 'Check that Jetstream has analysed that period; the message lists the periods that have results.',
  },
  SOURCE_GONE: {
    class: 'content',
    text: 'The tables of a view are gone, as after a rerun of the analysis.',
    remedy:
      'Nothing while a rerun is under way; the published file stays. If the tables do not come back, run the analysis of that period again.',
  },
  SOURCE_REBUILDING: {
    class: 'content',
    text: 'Windows of the published file have no tables at present, as during a rerun of the analysis.',
    remedy:
      'Nothing: the published file stays until the tables are back, or nothing has moved for `CONTRAIL_RERUN_SETTLE`. `--force` publishes what is there.',
  },
  COLUMN_TYPE_UNSUPPORTED: {
    class: 'content',
    text: 'The file format cannot hold the type of a column.',
    remedy: 'Change the type of the named column in the table, or leave the column out of the view.',
  },
  ROWS_REFUSED: {
    class: 'content',
    text: 'Experimenter would reject more than the configured share of rows, or all of them.',
    remedy:
      'Correct the rows in the analysis; the log of the job shows examples. If they are acceptable, raise `CONTRAIL_STATISTICS_REFUSED_SHARE`.',
  },
  VALUE_INVALID: {
    class: 'content',
    text: 'The file format cannot hold a value.',
    remedy: 'Correct the named value in the table.',
  },
  PAYLOAD_INVALID: {
    class: 'content',
    text: 'A job in the queue has invalid data.',
    remedy: 'Remove the job on the board; the next scan enqueues it again. Update workers that run an older version.',
  },
  ROW_COUNT_MISMATCH: {
    class: 'transient',
    text: 'The source delivered more or fewer rows than it announced.',
    remedy: 'Nothing: the table changed during the read, and Contrail reads it again.',
  },
  OBJECT_CHANGED: {
    class: 'transient',
    text: 'Another program changed the object while Contrail was publishing it.',
    remedy: 'Nothing at first. If it comes back, look for another program that writes to the bucket.',
  },
  OBJECT_LOCKED: {
    class: 'transient',
    text: 'Another process is publishing the same object.',
    remedy: 'Nothing at first. If it comes back, end the process that the message names.',
  },
  WAREHOUSE_BUSY: {
    class: 'transient',
    text: 'Another process holds the warehouse file.',
    remedy: 'End the process that the message names, or raise `CONTRAIL_DUCKDB_WAIT`.',
  },
  WAREHOUSE_UNREADABLE: {
    class: 'environment',
    text: 'The warehouse cannot be opened.',
    remedy: 'Check the path in `CONTRAIL_WAREHOUSE` and the permissions of the file.',
  },
  SERVICE_UNAVAILABLE: {
    class: 'transient',
    text: 'A service did not answer, or reported an error of its own.',
    remedy: 'Nothing at first. If it lasts, check the network, the proxy and the status page of the service.',
  },
  THROTTLED: {
    class: 'throttled',
    text: 'A service refused a request because there were too many.',
    remedy: 'Nothing. If it lasts, run fewer workers or lower `CONTRAIL_WORKER_CONCURRENCY`.',
  },
  QUOTA_EXCEEDED: {
    class: 'environment',
    text: 'A quota of the project is used up.',
    remedy: 'Wait until the quota is reset, or raise it in the Google Cloud console.',
  },
  COST_LIMIT: {
    class: 'environment',
    text: 'A query would read more than the configured limit.',
    remedy: 'Check why the query reads so much; if it has to, raise `CONTRAIL_BIGQUERY_MAXIMUM_BYTES_BILLED`.',
  },
  PROJECT_BLOCKED: {
    class: 'environment',
    text: 'A service refuses the whole project: billing is off, the account is disabled, or Google has blocked it.',
    remedy: 'Do what the hint says; the next scans enqueue the files again.',
  },
  ACCESS_DENIED: {
    class: 'environment',
    text: 'A permission is missing.',
    remedy: 'Give the account of the workers the role that the message names.',
  },
  CREDENTIALS_INVALID: {
    class: 'environment',
    text: 'Credentials are missing or not accepted.',
    remedy: 'Run `gcloud auth application-default login`, or set GOOGLE_APPLICATION_CREDENTIALS to a valid key.',
  },
  DATASET_MISSING: {
    class: 'environment',
    text: 'The dataset does not exist in the configured location.',
    remedy: 'Check `CONTRAIL_RESULTS_DATASET`, `CONTRAIL_MONITORING_DATASET` and the location in `CONTRAIL_WAREHOUSE`.',
  },
  BUCKET_MISSING: {
    class: 'environment',
    text: 'The bucket does not exist.',
    remedy: 'Create the bucket, or correct `CONTRAIL_BUCKET`.',
  },
  SOURCE_CHANGED: {
    class: 'transient',
    text: 'The source changed while it was being read, or a table that was to be read in parts is gone.',
    remedy: 'Nothing: the export starts again with the current table.',
  },
  STREAM_BROKEN: {
    class: 'transient',
    text: 'A stream of rows ended early, stalled, or delivered invalid data.',
    remedy: 'Nothing at first. If it comes back, check the network, or report the table that the message names.',
  },
  CHECKSUM_MISMATCH: {
    class: 'transient',
    text: 'The checksum of the store differs from that of the bytes sent.',
    remedy: 'Nothing at first. If it comes back, check memory and network of the machine.',
  },
  OBJECT_MISSING: {
    class: 'transient',
    text: 'A part of an object is missing.',
    remedy: 'Nothing: the part is made again. If it comes back, look for a program that cleans up the bucket.',
  },
  METRIC_HUB_UNREADABLE: {
    class: 'environment',
    text: 'The repository of metric definitions cannot be read.',
    remedy: 'Check `CONTRAIL_METRIC_HUB` and the network. A `file:` with a copy needs no network.',
  },
  CONFIGURATION_INVALID: {
    class: 'content',
    text: 'The configuration of a metric, an outcome or an experiment is wrong.',
    remedy: 'Correct the file in metric-hub that the message names.',
  },
  QUERY_FAILED: {
    class: 'content',
    text: 'The warehouse refused a query.',
    remedy: 'Read the message of the warehouse. Usually a view refers to a table or column that is gone.',
  },
  QUERY_REFUSED: {
    class: 'content',
    text: 'A configured query does more than read, or is not a single SELECT.',
    remedy: 'Change the query in the file that `CONTRAIL_QUERIES` names: one SELECT, without remote functions.',
  },
  QUERY_LIMIT: {
    class: 'content',
    text: 'A configured query exceeded its limit of time or rows.',
    remedy: 'Check why it reads so much; if it has to, raise `timeout` or `maxRows` of the query.',
  },
  QUERY_EMPTY: {
    class: 'content',
    text: 'A configured query has no rows for any of its files, but published ones have.',
    remedy: 'Check the query and its tables; the files stay. If no rows are right, set `emptyIs = "publish"`.',
  },
  QUERY_UNORDERED: {
    class: 'content',
    text: 'The rows of a configured query are not in the order that its files need.',
    remedy: 'Order the query by the column that the message names first, without a collation.',
  },
  TARGET_UNWRITABLE: {
    class: 'environment',
    text: 'The target cannot be written.',
    remedy: 'Give this user write permission on the folder, or choose another one.',
  },
  TARGET_FULL: {
    class: 'environment',
    text: 'The target is full.',
    remedy: 'Make room on the disk; Contrail then retries the failed exports.',
  },
  TARGET_UNREADABLE: {
    class: 'environment',
    text: 'The target cannot be read.',
    remedy: 'Give this user read permission on the folder that the message names.',
  },
  EXPERIMENTS_UNREADABLE: {
    class: 'environment',
    text: 'The list of experiments cannot be read.',
    remedy: 'Check `CONTRAIL_EXPERIMENTER` and the network. A `file:` with the list needs no network.',
  },
  REDIS_UNREACHABLE: {
    class: 'environment',
    text: 'Redis does not answer.',
    remedy: 'Start Redis, or correct `CONTRAIL_REDIS`.',
  },
  REDIS_UNSUITABLE: {
    class: 'environment',
    text: 'Redis answers, but cannot be used for the queues.',
    remedy:
      'Do what the message says: usually a newer Redis, `maxmemory-policy noeviction`, a password, or more memory.',
  },
  REDIS_NOT_FOUND: {
    class: 'environment',
    text: 'No redis-server program was found on this machine.',
    remedy: 'Install Redis 7 or Valkey: `apt-get install redis-server` or `brew install redis`.',
  },
  PORT_UNUSABLE: {
    class: 'environment',
    text: 'The pages cannot listen on the address and port.',
    remedy: 'Use another port: `--port`, or `CONTRAIL_WEB_PORT`; 0 takes any free one.',
  },
  JOB_CRASHED: {
    class: 'content',
    text: 'Workers crashed too often while running a job.',
    remedy: 'Look for the reason in the logs of the workers, usually memory; then retry the job on the board.',
  },
  JOB_LOST: {
    class: 'transient',
    text: 'A job was removed from the queue while the command was following it.',
    remedy: 'Run the command again. The job was removed on the board, or because its retention was over.',
  },
  QUEUE_STUCK: {
    class: 'environment',
    text: 'A queue cannot be emptied: it is paused, or its jobs keep failing.',
    remedy: 'Resume the queue on the board, or fix what the message names; then start the worker again.',
  },
  THROTTLED_TOO_LONG: {
    class: 'environment',
    text: 'A service refused the requests of a job for too long because there were too many.',
    remedy: 'Run fewer workers, or raise the quota. The next scans enqueue the file again.',
  },
  RECORDS_REFUSED: {
    class: 'content',
    text: 'The warehouse refuses rows of the monitoring tables.',
    remedy: 'Run `contrail status --json` to see the refused rows. All others were written.',
  },
  CHECK_FAILED: {
    class: 'environment',
    text: 'Something in the set-up is wrong, as `contrail doctor` has found out.',
    remedy: 'Do what the remedy of each failed check says, and run it again.',
  },
  JOB_FAILED: {
    class: 'content',
    text: 'Jobs that the command followed have failed, or some of the requested files cannot be made.',
    remedy: 'See the messages above it, or `contrail status`, for the reason of each file.',
  },
  FILES_FAULTY: {
    class: 'content',
    text: 'Published files are not as they should be.',
    remedy: 'Do what `contrail verify` says for each file; `contrail verify --repair` publishes most of them anew.',
  },
  CANCELLED: {
    class: 'usage',
    text: 'Somebody cancelled the job while it was running.',
    remedy: 'Ask for the file again when it is wanted, with `contrail backfill`; until then the last good file stays.',
  },
  NOTHING_TO_RETRY: {
    class: 'content',
    text: 'Nothing failed in the given time, or all of it has succeeded since.',
    remedy: 'Look further back with `--since`; `contrail runs --failed` lists what failed.',
  },
  NOTHING_TO_CANCEL: {
    class: 'content',
    text: 'No export of that name is waiting or running.',
    remedy: 'Check the spelling; `contrail status` lists what is queued and running.',
  },
  BACKFILL_UNKNOWN: {
    class: 'content',
    text: 'There is no backfill of that id. They are kept for 30 days after their last change.',
    remedy: 'See `contrail backfills` for the ids; what the files are like now, `contrail status` tells.',
  },
  BACKFILL_CANCELLED: {
    class: 'content',
    text: 'Somebody cancelled the backfill, so its jobs do not run any more.',
    remedy: 'Ask for the files again with `contrail backfill`; those that are current by then are left out.',
  },
  COST_ABOVE_LIMIT: {
    class: 'content',
    text: 'The estimated price is above the limit that was given, so nothing was enqueued.',
    remedy: 'Raise `--max-cost`, or select less; `contrail backfill --dry-run` shows what each file reads.',
  },
  ABORTED: {
    class: 'transient',
    text: 'The work was stopped before it ended.',
    remedy: 'Run the command again; nothing was left half-done.',
  },
  INTERNAL: {
    class: 'transient',
    text: 'Unexpected error in Contrail.',
    remedy: 'Please report it, with the message and what you were doing.',
  },
} as const satisfies Record<string, { class: FailureClass; text: string; remedy: string }>;

export type ErrorCode = keyof typeof ERROR_CATALOGUE;

export interface ErrorDetails {
  /** The action and its object: `reading view p.mozanalysis.statistics_x_daily`. */
  readonly subject?: string;
  /** What the operator can do, as a sentence. */
  readonly hint?: string;
  /** For the `exception_type` column of `monitoring.logs`; only where another program relies on the class name. */
  readonly exceptionType?: string;
  /** Details that are too long for the message; they go to the log only. */
  readonly evidence?: string;
  /** The cost of reading until then, for the run record. */
  readonly usage?: ReadingUsage;
  readonly cause?: unknown;
}

/** An error that says what failed, on what, and what to do. Its code decides whether it is retried. */
export class ContrailError extends Error {
  override readonly name = 'ContrailError';
  readonly code: ErrorCode;
  readonly subject: string | undefined;
  readonly hint: string | undefined;
  readonly evidence: string | undefined;
  readonly usage: ReadingUsage | undefined;
  readonly exceptionType: string;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, 'cause' in details ? { cause: details.cause } : undefined);
    this.code = code;
    this.subject = details.subject;
    this.hint = details.hint;
    this.evidence = details.evidence;
    this.usage = details.usage;
    this.exceptionType = details.exceptionType ?? exceptionTypeOf(code);
  }

  get failureClass(): FailureClass {
    return ERROR_CATALOGUE[this.code].class;
  }

  /** Message and hint as one line for a person. */
  get sentence(): string {
    return this.hint === undefined ? this.message : `${this.message} ${this.hint}`;
  }
}

/** The same error with the cost until then. */
export function withUsage(error: ContrailError, usage: ReadingUsage): ContrailError {
  const { code, message, subject, hint, evidence, exceptionType, cause } = error;
  return new ContrailError(code, message, {
    ...(subject === undefined ? {} : { subject }),
    ...(hint === undefined ? {} : { hint }),
    ...(evidence === undefined ? {} : { evidence }),
    ...(cause === undefined ? {} : { cause }),
    exceptionType,
    usage,
  });
}

/** `RESULTS_MISSING` → `ResultsMissingException`, as Jetstream names its exceptions. */
function exceptionTypeOf(code: ErrorCode): string {
  const words = code.split('_').map((word) => word.charAt(0) + word.slice(1).toLowerCase());
  return `${words.join('')}Exception`;
}

/** Wraps any thrown value: an abort becomes ABORTED, anything unknown INTERNAL. */
export function toContrailError(error: unknown): ContrailError {
  if (error instanceof ContrailError) return error;
  if (error instanceof Error && error.name === 'AbortError') {
    return error.cause instanceof ContrailError
      ? error.cause
      : new ContrailError('ABORTED', 'The work was stopped before it ended.', { cause: error });
  }
  return new ContrailError('INTERNAL', error instanceof Error ? error.message : String(error), { cause: error });
}

export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
