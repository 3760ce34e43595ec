/**
 * Every way Contrail can fail, by a stable code. The class decides what the queue does (design, section 5): only
 * `transient` and `throttled` are tried again by themselves. `docs/errors.md` lists the codes; a test keeps it complete.
 */

/**
 * Why a job failed: `transient` goes away by itself, `throttled` asks us to slow down, `environment` waits for an
 * operator, `content` waits for other data, `usage` for another command.
 */
export type FailureClass = 'transient' | 'throttled' | 'environment' | 'content' | 'usage';

export const ERROR_CATALOGUE = {
  USAGE: { class: 'usage', text: 'The command line asks for something that does not exist.' },
  CONFIG_INVALID: { class: 'usage', text: 'A setting is missing or cannot be used.' },
  SLUG_INVALID: { class: 'content', text: 'A slug is empty, longer than 80 characters, or holds control characters.' },
  SLUG_CONFLICT: { class: 'content', text: 'Two experiments would share one file.' },
  EXPERIMENT_UNKNOWN: { class: 'content', text: 'No experiment of that name is known.' },
  EXPERIMENT_MALFORMED: { class: 'content', text: 'A record of the experiments API cannot be read.' },
  RESULTS_MISSING: { class: 'content', text: 'The warehouse has no results for that experiment and period.' },
  VIEW_WITHOUT_TABLES: { class: 'content', text: 'A view was made before the first of the tables that it reads.' },
  COLUMN_TYPE_UNSUPPORTED: { class: 'content', text: 'A column has a type that has no place in the file format.' },
  ROWS_REFUSED: { class: 'content', text: 'More rows break the rules of the console than the configured share.' },
  COMPARISON_WITHOUT_BRANCH: { class: 'content', text: 'A comparison names a branch that has no rows.' },
  VALUE_INVALID: { class: 'content', text: 'A value cannot be written in the file format.' },
  PAYLOAD_INVALID: { class: 'content', text: 'A job in the queue does not hold what its kind promises.' },
  ROW_COUNT_MISMATCH: { class: 'transient', text: 'The source delivered another number of rows than it promised.' },
  OBJECT_CHANGED: { class: 'transient', text: 'Somebody else changed the object while it was being published.' },
  OBJECT_LOCKED: { class: 'transient', text: 'Another process is publishing the same object.' },
  WAREHOUSE_BUSY: { class: 'transient', text: 'Another process holds the warehouse file.' },
  WAREHOUSE_UNREADABLE: { class: 'environment', text: 'The warehouse cannot be opened.' },
  SERVICE_UNAVAILABLE: { class: 'transient', text: 'A service did not answer, or answered that it could not.' },
  THROTTLED: { class: 'throttled', text: 'A service asks for fewer requests.' },
  QUOTA_EXCEEDED: { class: 'environment', text: 'A quota of the project is used up.' },
  COST_LIMIT: { class: 'environment', text: 'A query would read more than the configured limit.' },
  ACCESS_DENIED: { class: 'environment', text: 'A permission is missing.' },
  CREDENTIALS_INVALID: { class: 'environment', text: 'There are no credentials, or they are not accepted.' },
  DATASET_MISSING: { class: 'environment', text: 'The dataset does not exist, or not in the configured location.' },
  BUCKET_MISSING: { class: 'environment', text: 'The bucket does not exist.' },
  SOURCE_CHANGED: { class: 'transient', text: 'What was to be read in parts is no longer there.' },
  STREAM_BROKEN: { class: 'transient', text: 'A stream of rows ended early, stalled, or delivered what does not fit.' },
  CHECKSUM_MISMATCH: { class: 'transient', text: 'The store received other bytes than were sent.' },
  OBJECT_MISSING: { class: 'transient', text: 'A part of an object is not there.' },
  METRIC_HUB_UNREADABLE: { class: 'environment', text: 'The repository of metric definitions cannot be read.' },
  CONFIGURATION_INVALID: { class: 'content', text: 'A metric, an outcome or an experiment is configured wrongly.' },
  QUERY_FAILED: { class: 'content', text: 'The warehouse refused a query.' },
  TARGET_UNWRITABLE: { class: 'environment', text: 'The target cannot be written.' },
  TARGET_FULL: { class: 'environment', text: 'The target has no room left.' },
  TARGET_UNREADABLE: { class: 'environment', text: 'The target cannot be read.' },
  EXPERIMENTS_UNREADABLE: { class: 'environment', text: 'The list of experiments cannot be read.' },
  REDIS_UNREACHABLE: { class: 'environment', text: 'Redis does not answer.' },
  REDIS_UNSUITABLE: { class: 'environment', text: 'Redis answers, but is not fit to hold the queues.' },
  REDIS_NOT_FOUND: { class: 'environment', text: 'No redis-server program was found on this machine.' },
  PORT_UNUSABLE: { class: 'environment', text: 'The web page cannot listen on that address.' },
  JOB_CRASHED: { class: 'content', text: 'A job ended its worker too often.' },
  JOB_LOST: { class: 'transient', text: 'A job that was followed is no longer in the queue.' },
  JOB_FAILED: {
    class: 'content',
    text: 'Jobs that were followed have failed, or files that were asked for cannot be made.',
  },
  ABORTED: { class: 'transient', text: 'The work was stopped before it ended.' },
  INTERNAL: { class: 'transient', text: 'Something failed that Contrail does not know.' },
} as const satisfies Record<string, { class: FailureClass; text: string }>;

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
