/** The page of an experiment as JSON: the same numbers as on the page. */
import { explanationDocument } from '../../../domain/trace/explanation-document.ts';
import type { Part } from '../../part.ts';
import { fileName } from './notes.ts';
import { leftOutOf } from './newest-window.ts';
import type { ExperimentPage } from './read-page.ts';
import type { FileLine } from './source.ts';
import { stageOf } from './status.ts';

export function experimentDocument(page: ExperimentPage) {
  const { slug, experiment, problem, explanation, files, runs, errors, cost, enrollment, empty, notes, now } = page;
  return {
    slug,
    as_of: timeText(now),
    application: experiment?.appName ?? null,
    status: experiment === undefined ? null : stageOf(experiment, now),
    start_date: experiment?.startDate ?? null,
    enrollment_end_date: experiment?.enrollmentEndDate ?? null,
    end_date: experiment?.endDate ?? null,
    branches: experiment?.branchRatios ?? [],
    problem: problem ?? null,
    empty: empty ?? null,
    notes: notes.map(({ kind, sentence }) => ({ kind, sentence })),
    trace: documentOf(explanation, explanationDocument),
    files: documentOf(files, (found) => ({
      states_as_of: found.checkedAt === undefined ? null : timeText(found.checkedAt),
      analysis_start: found.analysisStart,
      overrides: found.overrides,
      files: found.files.map(fileDocument),
    })),
    runs: documentOf(runs, (list) =>
      list.map(({ finishedAt, ...run }) => ({ ...run, finishedAt: timeText(finishedAt) })),
    ),
    errors: documentOf(errors, ({ groups, count, older }) => ({
      count,
      older,
      groups: groups.map(({ first, last, ...group }) => ({ ...group, first: timeText(first), last: timeText(last) })),
    })),
    cost: documentOf(cost, (tables) => tables),
    enrollment: documentOf(enrollment, (found) =>
      found === undefined ? null : { ...found, countedAt: timeText(found.countedAt) },
    ),
  };
}

/** A part that could not be read is null, and says why. */
function documentOf<Value, Document>(part: Part<Value>, toDocument: (value: Value) => Document) {
  if (part.kind === 'unread') return { read_at: null, problem: part.problem, value: null };
  return { read_at: timeText(part.at), problem: part.trouble ?? null, value: toDocument(part.value) };
}

function fileDocument(line: FileLine) {
  const { file, object, published, state } = line;
  return {
    name: fileName(line),
    product: file.product,
    period: file.period ?? null,
    object,
    state: state?.state ?? null,
    detail: state?.detail ?? null,
    needs_you: state?.needsYou ?? null,
    published:
      published === undefined
        ? null
        : { ...published, at: timeText(published.at), leftOut: { ...published.leftOut, all: leftOutOf(published) } },
  };
}

function timeText(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
