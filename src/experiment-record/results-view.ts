/**
 * The part of a record that decides which results are expected. An invalid value counts as absent: what is expected must
 * not be lost with a field that only one rule needs.
 */
import type { z } from 'zod';
import type { RecordedFacts } from '../domain/expected-files.ts';
import { dateText, MICROS_PER_MS } from '../domain/utc-time.ts';
import { problemsOf } from './problems.ts';
import { ExperimentRecord } from './record.ts';

const UnreportedFields = ExperimentRecord.pick({ isHoldback: true, doRerun: true, doRerunTimestamp: true });

export interface ResultsView extends RecordedFacts {
  /** Time of the newest request for a rerun, milliseconds since 1970. */
  readonly rerunRequestedAt: number | null;
}

export function resultsOf(record: unknown): ResultsView {
  const { shape } = ExperimentRecord;
  const requested = field(record, 'doRerunTimestamp', shape.doRerunTimestamp) ?? null;
  return {
    startDate: dayOf(field(record, 'startDate', shape.startDate)),
    endDate: dayOf(field(record, 'endDate', shape.endDate)),
    enrollmentEndDate: dayOf(field(record, 'enrollmentEndDate', shape.enrollmentEndDate)),
    proposedEnrollment: field(record, 'proposedEnrollment', shape.proposedEnrollment) ?? 0,
    proposedDuration: field(record, 'proposedDuration', shape.proposedDuration) ?? null,
    isRollout: field(record, 'isRollout', shape.isRollout) ?? false,
    isHoldback: field(record, 'isHoldback', shape.isHoldback) ?? false,
    doRerun: field(record, 'doRerun', shape.doRerun) ?? false,
    rerunRequestedAt: requested === null ? null : requested / MICROS_PER_MS,
  };
}

/**
 * What is wrong with fields that count as absent, and that no other reader reports; undefined if they are valid. The
 * record itself is used.
 */
export function resultsProblem(record: unknown): string | undefined {
  const parsed = UnreportedFields.safeParse(record);
  return parsed.success ? undefined : problemsOf(parsed.error);
}

/** The field of this name, read by `schema`; undefined if it is absent or invalid. */
function field<Schema extends z.ZodType>(record: unknown, name: string, schema: Schema): z.output<Schema> | undefined {
  if (typeof record !== 'object' || record === null) return undefined;
  return schema.safeParse(Reflect.get(record, name)).data;
}

function dayOf(micros: number | null | undefined): string | null {
  return micros === null || micros === undefined ? null : dateText(micros);
}
