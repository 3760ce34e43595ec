/** What a reader of the results must know first, the gravest things first (spec: pages, section 4). */
import { formatAge } from '../../../domain/age-text.ts';
import type { Experiment } from '../../../domain/experiment.ts';
import { isMismatch } from '../../../domain/sample-ratio/sample-ratio.ts';
import type { EnrollmentView } from './enrollment.ts';
import type { ErrorsView } from './error-groups.ts';
import { leftOutOf } from './newest-window.ts';
import type { FileLine, Override } from './source.ts';
import { stageOf } from './status.ts';

export interface Note {
  readonly kind: 'file' | 'sample ratio' | 'override' | 'exposures' | 'left out' | 'errors' | 'running';
  readonly sentence: string;
  /** Where to read more: a section of the page. */
  readonly section?: 'files' | 'errors' | 'enrollment';
}

/** Parts that could not be read are undefined, and raise no notes. */
export interface NoteFacts {
  /** Undefined: the API does not list it. */
  readonly experiment: Experiment | undefined;
  readonly files: readonly FileLine[] | undefined;
  readonly overrides: readonly Override[];
  readonly enrollment: EnrollmentView | undefined;
  readonly errors: ErrorsView | undefined;
  /** Branches whose exposed clients are too few for Experimenter, if others have enough. */
  readonly lackExposures: readonly string[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

export function notesOf(facts: NoteFacts): Note[] {
  return [
    ...(facts.files ?? []).flatMap((file) => fileNote(file, facts.now)),
    ...sampleRatioNote(facts.enrollment),
    ...facts.overrides.map(overrideNote),
    ...exposuresNote(facts.lackExposures),
    ...(facts.files ?? []).flatMap(leftOutNote),
    ...errorsNote(facts.errors),
    ...runningNote(facts.experiment, facts.now),
  ];
}

/** `weekly`, `errors`: what a file is called among those of one experiment. */
export function fileName({ file }: Pick<FileLine, 'file'>): string {
  return file.period ?? file.product;
}

function fileNote(line: FileLine, now: number): Note[] {
  const sentence = fileSentence(line, now);
  return sentence === undefined ? [] : [{ kind: 'file', sentence, section: 'files' }];
}

/** Undefined if nothing is wrong with the file. */
function fileSentence(line: FileLine, now: number): string | undefined {
  const { state } = line;
  const name = fileName(line);
  const stays = line.published === undefined ? '' : ' The file that was published before stays.';
  const ago = state?.since === undefined ? '' : ` ${formatAge(now - state.since)} ago`;
  switch (state?.state) {
    case 'failed':
      return `${failureText(line)}${stays}`;
    case 'refused':
      return `${name} cannot be published: ${asSentence(state.detail ?? 'the reason is not known')}`;
    case 'gone':
      return `The tables of ${name} are gone: ${asSentence(state.detail || 'they were deleted')}`;
    case 'rebuilding':
      return `A rerun is bringing back the tables of ${name}: ${asSentence(state.detail || 'not all are there yet')}${stays}`;
    case 'stale':
      return `${name} is older than its source, which changed${ago}.`;
    case 'never':
      return `${name} has never been published; its results have been there for longer than allowed.`;
    case 'missing':
      return `${name} has no results yet, although they should be there.`;
    default:
      return undefined;
  }
}

/** Messages of exports begin with slug and file; on the page of the experiment the file is enough. */
function failureText(line: FileLine): string {
  const detail = asSentence(line.state?.detail ?? 'the reason is not known');
  const told = `${line.file.experiment} ${fileName(line)} `;
  return detail.startsWith(told)
    ? detail.slice(line.file.experiment.length + 1)
    : `${fileName(line)} could not be published: ${detail}`;
}

function asSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function sampleRatioNote(enrollment: EnrollmentView | undefined): Note[] {
  if (enrollment?.test === undefined || !isMismatch(enrollment.test)) return [];
  const { branches, pValue } = enrollment.test;
  const [worst] = branches.toSorted(
    (a, b) => Math.abs(b.share - b.expectedShare) - Math.abs(a.share - a.expectedShare),
  );
  const shares = `${worst?.branch ?? ''} has ${percent(worst?.share ?? 0)} of the clients instead of ${percent(worst?.expectedShare ?? 0)}`;
  return [
    { kind: 'sample ratio', sentence: `Sample ratio mismatch: ${shares} (p ${pText(pValue)}).`, section: 'enrollment' },
  ];
}

/** `13.3%` */
export function percent(share: number): string {
  return `${(share * 100).toFixed(1)}%`;
}

/** `= 0.120`, `< 0.001` */
export function pText(p: number | null): string {
  if (p === null) return 'cannot be computed';
  return p < 0.001 ? '< 0.001' : `= ${p.toFixed(3)}`;
}

function overrideNote({ what, recorded, used }: Override): Note {
  const instead = recorded === null ? '' : ` instead of ${recorded}`;
  return { kind: 'override', sentence: `metric-hub sets ${what} to ${used}${instead}.` };
}

function exposuresNote(branches: readonly string[]): Note[] {
  if (branches.length === 0) return [];
  const sentence = `Exposures are incomplete: Experimenter needs more than 10 exposed clients in every branch, and ${branches.join(', ')} has fewer.`;
  return [{ kind: 'exposures', sentence }];
}

function leftOutNote(line: FileLine): Note[] {
  const { published } = line;
  if (published === undefined || leftOutOf(published) === 0) return [];
  const { rejected, dropped, duplicates } = published.leftOut;
  const parts = [
    [rejected, 'that Experimenter would reject'],
    [dropped, 'that the file cannot hold'],
    [duplicates, 'that came twice'],
  ] as const;
  const which = parts.filter(([count]) => count > 0).map(([count, text]) => `${count} ${text}`);
  const rows = leftOutOf(published);
  const sentence = `${rows} ${rows === 1 ? 'row is' : 'rows are'} left out of ${fileName(line)}: ${which.join(', ')}.`;
  return [{ kind: 'left out', sentence, section: 'files' }];
}

function errorsNote(errors: ErrorsView | undefined): Note[] {
  const count = errors?.count ?? 0;
  if (count === 0) return [];
  const sentence = `The log of this analysis run has ${count === 1 ? '1 error' : `${count} errors`}.`;
  return [{ kind: 'errors', sentence, section: 'errors' }];
}

function runningNote(experiment: Experiment | undefined, now: number): Note[] {
  if (experiment === undefined || stageOf(experiment, now) !== 'live') return [];
  return [{ kind: 'running', sentence: 'The experiment is still running: do not decide early.' }];
}
