/**
 * Every way Contrail can fail, by a stable code. The class decides what the queue does: only
 * `transient` and `throttled` are tried again by themselves. `docs/errors.md` is made from `text` (what it means) and
 * `remedy` (what to do about it).
 */

/**
 * Why a job failed: `transient` goes away by itself, `throttled` asks us to slow down, `environment` waits for an
 * operator, `content` waits for other data, `usage` for another command.
 */
export type FailureClass = 'transient' | 'throttled' | 'environment' | 'content' | 'usage';

export const ERROR_CATALOGUE = {
  USAGE: {
    class: 'usage',
    text: 'The command line asks for something that does not exist.',
    remedy: 'Correct the command; `contrail <command> --help` lists what it takes.',
  },
  CONFIG_INVALID: {
    class: 'usage',
    text: 'A setting is missing or cannot be used.',
    remedy: 'Correct the variables that the message names. docs/configuration.md lists all of them.',
  },
  SLUG_INVALID: {
    class: 'content',
    text: 'A slug is empty, longer than 80 characters, or holds control characters.',
    remedy: 'Correct the slug in the experiments API; the file cannot be named after it.',
  },
  SLUG_CONFLICT: {
    class: 'content',
    text: 'Two experiments would share one file.',
    remedy: 'Rename one of the two experiments; slugs that differ only in `-` and `_` have the same file name.',
  },
  EXPERIMENT_UNKNOWN: {
    class: 'content',
    text: 'No experiment of that name is known.',
    remedy: 'Check the spelling; the message suggests the nearest name. Was it launched yet?',
  },
  EXPERIMENT_MALFORMED: {
    class: 'content',
    text: 'A record of the experiments API cannot be read.',
    remedy: 'Correct the record in Experimenter, or report it there. The other experiments go on.',
  },
  RESULTS_MISSING: {
    class: 'content',
    text: 'The warehouse has no results for that experiment and period.',
    remedy: 'Check that Jetstream has analysed that period; the message lists the periods that have results.',
  },
  VIEW_WITHOUT_TABLES: {
    class: 'content',
    text: 'A view was made before the first of the tables that it reads.',
    remedy: 'Wait for the next analysis, which recreates the view, or recreate the view by hand.',
  },
  COLUMN_TYPE_UNSUPPORTED: {
    class: 'content',
    text: 'A column has a type that has no place in the file format.',
    remedy: 'Change the type of the named column in the table, or leave the column out of the view.',
  },
  ROWS_REFUSED: {
    class: 'content',
    text: 'More rows break the rules of Experimenter than the configured share, or no row is left.',
    remedy:
      'Correct the rows in the analysis; the log of the job shows examples. If they are acceptable, raise `CONTRAIL_STATISTICS_REFUSED_SHARE`.',
  },
  VALUE_INVALID: {
    class: 'content',
    text: 'A value cannot be written in the file format.',
    remedy: 'Correct the named value in the table.',
  },
  PAYLOAD_INVALID: {
    class: 'content',
    text: 'A job in the queue does not hold what its kind promises.',
    remedy: 'Remove the job on the board; the next scan enqueues it again. Update workers that run an older version.',
  },
  ROW_COUNT_MISMATCH: {
    class: 'transient',
    text: 'The source delivered another number of rows than it promised.',
    remedy: 'Nothing: the table changed during the read, and it is read again.',
  },
  OBJECT_CHANGED: {
    class: 'transient',
    text: 'Somebody else changed the object while it was being published.',
    remedy: 'Nothing, unless it comes back: then look for another program that writes to the bucket.',
  },
  OBJECT_LOCKED: {
    class: 'transient',
    text: 'Another process is publishing the same object.',
    remedy: 'Nothing, unless it comes back: then end the process that the message names.',
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
    text: 'A service did not answer, or answered that it could not.',
    remedy: 'Nothing at first. If it lasts, check the network, the proxy and the status page of the service.',
  },
  THROTTLED: {
    class: 'throttled',
    text: 'A service asks for fewer requests.',
    remedy: 'Nothing. If it lasts, run fewer workers or lower `CONTRAIL_WORKER_CONCURRENCY`.',
  },
  QUOTA_EXCEEDED: {
    class: 'environment',
    text: 'A quota of the project is used up.',
    remedy: 'Wait until the quota is reset, or have it raised in the Google Cloud console.',
  },
  COST_LIMIT: {
    class: 'environment',
    text: 'A query would read more than the configured limit.',
    remedy: 'Check why the query reads so much; if it must, raise `CONTRAIL_BIGQUERY_MAXIMUM_BYTES_BILLED`.',
  },
  ACCESS_DENIED: {
    class: 'environment',
    text: 'A permission is missing.',
    remedy: 'Give the account of the workers the role that the message names.',
  },
  CREDENTIALS_INVALID: {
    class: 'environment',
    text: 'There are no credentials, or they are not accepted.',
    remedy: 'Run `gcloud auth application-default login`, or set GOOGLE_APPLICATION_CREDENTIALS to a valid key.',
  },
  DATASET_MISSING: {
    class: 'environment',
    text: 'The dataset does not exist, or not in the configured location.',
    remedy: 'Check `CONTRAIL_RESULTS_DATASET`, `CONTRAIL_MONITORING_DATASET` and the location in `CONTRAIL_WAREHOUSE`.',
  },
  BUCKET_MISSING: {
    class: 'environment',
    text: 'The bucket does not exist.',
    remedy: 'Create the bucket, or correct `CONTRAIL_BUCKET`.',
  },
  SOURCE_CHANGED: {
    class: 'transient',
    text: 'The source changed while it was being read, or what was to be read in parts is no longer there.',
    remedy: 'Nothing: the export starts again with the table as it is now.',
  },
  STREAM_BROKEN: {
    class: 'transient',
    text: 'A stream of rows ended early, stalled, or delivered what does not fit.',
    remedy: 'Nothing, unless it comes back: then check the network, or report the table that the message names.',
  },
  CHECKSUM_MISMATCH: {
    class: 'transient',
    text: 'The store received other bytes than were sent.',
    remedy: 'Nothing, unless it comes back: then check memory and network of the machine.',
  },
  OBJECT_MISSING: {
    class: 'transient',
    text: 'A part of an object is not there.',
    remedy: 'Nothing: the part is made again. If it comes back, look for a program that cleans up the bucket.',
  },
  METRIC_HUB_UNREADABLE: {
    class: 'environment',
    text: 'The repository of metric definitions cannot be read.',
    remedy: 'Check `CONTRAIL_METRIC_HUB` and the network; a `file:` with a copy works without either.',
  },
  CONFIGURATION_INVALID: {
    class: 'content',
    text: 'A metric, an outcome or an experiment is configured wrongly.',
    remedy: 'Correct the file in metric-hub that the message names.',
  },
  QUERY_FAILED: {
    class: 'content',
    text: 'The warehouse refused a query.',
    remedy: 'Read the message of the warehouse: usually a view refers to a table or column that is gone.',
  },
  TARGET_UNWRITABLE: {
    class: 'environment',
    text: 'The target cannot be written.',
    remedy: 'Give this user write permission on the folder, or choose another one.',
  },
  TARGET_FULL: {
    class: 'environment',
    text: 'The target has no room left.',
    remedy: 'Make room on the disk; the failed exports are then done again.',
  },
  TARGET_UNREADABLE: {
    class: 'environment',
    text: 'The target cannot be read.',
    remedy: 'Give this user read permission on the folder that the message names.',
  },
  EXPERIMENTS_UNREADABLE: {
    class: 'environment',
    text: 'The list of experiments cannot be read.',
    remedy: 'Check `CONTRAIL_EXPERIMENTER` and the network; a `file:` with the list works without either.',
  },
  REDIS_UNREACHABLE: {
    class: 'environment',
    text: 'Redis does not answer.',
    remedy: 'Start Redis, or correct `CONTRAIL_REDIS`.',
  },
  REDIS_UNSUITABLE: {
    class: 'environment',
    text: 'Redis answers, but is not fit to hold the queues.',
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
    text: 'The web page cannot listen on that address.',
    remedy: 'Use another port: `--port`, or `CONTRAIL_WEB_PORT`; 0 takes any free one.',
  },
  JOB_CRASHED: {
    class: 'content',
    text: 'A job ended its worker too often.',
    remedy: 'Look in the logs of the workers for what ended them, usually memory; then retry the job on the board.',
  },
  JOB_LOST: {
    class: 'transient',
    text: 'A job that was followed is no longer in the queue.',
    remedy: 'Run the command again. The job was removed while it was followed, on the board or by its retention.',
  },
  QUEUE_STUCK: {
    class: 'environment',
    text: 'A queue cannot be emptied: it is paused, or its jobs fail again and again.',
    remedy: 'Resume the queue on the board, or mend what the message names; then start the worker again.',
  },
  THROTTLED_TOO_LONG: {
    class: 'environment',
    text: 'A service asked for fewer requests again and again, until the job was given up.',
    remedy: 'Run fewer workers, or have the quota raised; scans ask for the file again.',
  },
  RECORDS_REFUSED: {
    class: 'content',
    text: 'The warehouse refuses what is in a row of the monitoring tables.',
    remedy: 'Run `contrail status --json` to see the rows that were set aside; the others were written.',
  },
  RECORDS_UNWRITABLE: {
    class: 'content',
    text: 'The warehouse has failed to load the same rows too often.',
    remedy: 'Read the reason in `contrail status`, and mend the monitoring table that it names.',
  },
  JOB_FAILED: {
    class: 'content',
    text: 'Jobs that were followed have failed, or files that were asked for cannot be made.',
    remedy: 'See the messages above it, or `contrail status`, for the reason of each file.',
  },
  ABORTED: {
    class: 'transient',
    text: 'The work was stopped before it ended.',
    remedy: 'Run the command again; nothing was left half-done.',
  },
  INTERNAL: {
    class: 'transient',
    text: 'Something failed that Contrail does not know.',
    remedy: 'Please report it, with the message and what was being done.',
  },
} as const satisfies Record<string, { class: FailureClass; text: string; remedy: string }>;

export type ErrorCode = keyof typeof ERROR_CATALOGUE;

export interface ErrorDetails {
  /** What was being done to what: `reading view p.mozanalysis.statistics_x_daily`. */
  readonly subject?: string;
  /** What the operator can do about it, as a sentence. */
  readonly hint?: string;
  /** Bare class name for the `exception_type` column of `monitoring.logs`, where another program gives it a meaning. */
  readonly exceptionType?: string;
  /** What shows it, at more length than a sentence has: for the log, not for lists. */
  readonly evidence?: string;
  readonly cause?: unknown;
}

/** An error that says what failed, on what, and what to do; its code decides whether trying again can help. */
export class ContrailError extends Error {
  override readonly name = 'ContrailError';
  readonly code: ErrorCode;
  readonly subject: string | undefined;
  readonly hint: string | undefined;
  readonly evidence: string | undefined;
  readonly exceptionType: string;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, 'cause' in details ? { cause: details.cause } : undefined);
    this.code = code;
    this.subject = details.subject;
    this.hint = details.hint;
    this.evidence = details.evidence;
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

/** `RESULTS_MISSING` → `ResultsMissingException`, as the peer names its exceptions. */
function exceptionTypeOf(code: ErrorCode): string {
  const words = code.split('_').map((word) => word.charAt(0) + word.slice(1).toLowerCase());
  return `${words.join('')}Exception`;
}

/** Any thrown value as a ContrailError: itself, or INTERNAL around it; an abort becomes ABORTED. */
export function toContrailError(error: unknown): ContrailError {
  if (error instanceof ContrailError) return error;
  if (error instanceof Error && error.name === 'AbortError') {
    return error.cause instanceof ContrailError
      ? error.cause
      : new ContrailError('ABORTED', 'The work was stopped before it ended.', { cause: error });
  }
  return new ContrailError('INTERNAL', error instanceof Error ? error.message : String(error), { cause: error });
}

/** Text of any thrown value. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
