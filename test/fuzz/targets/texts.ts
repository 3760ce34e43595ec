/** Small readers of text: names with wildcards, templates, numbers, slugs, names of tables, categories. */
import { errorCategory } from '../../../src/domain/error-category.ts';
import { ContrailError } from '../../../src/domain/errors.ts';
import { toLogRecord } from '../../../src/domain/log-record.ts';
import { nearestNames } from '../../../src/domain/nearest-name.ts';
import { parseAnalysisPeriod } from '../../../src/domain/analysis-period.ts';
import { windowTableOwners } from '../../../src/domain/analysis-run.ts';
import { parseCostTableName } from '../../../src/domain/query-cost-name.ts';
import { checkSlug, normaliseSlug, quote } from '../../../src/domain/slug.ts';
import { globPattern } from '../../../src/metric-hub/glob.ts';
import { referencesOf } from '../../../src/metric-hub/template.ts';
import { TemplateError } from '../../../src/metric-hub/template-tokens.ts';
import { dedent, titleOf, trimFirstLine } from '../../../src/metric-hub/text.ts';
import { fuzzTarget, mustEqual, mustHold, unlessRefused } from '../target.ts';

const QUICK_INPUTS = 1_000;

export const glob = fuzzTarget({
  name: 'glob',
  about: 'names of metrics with wildcards, against a plain reading of them',
  quickInputs: QUICK_INPUTS,
  make: (random) => ({
    glob: random.text(['*', '*', '?', 'a', 'b', '[ab]', '[!a]', '[a-c]', '[', ']', '!', '-', '😀'], random.int(0, 12)),
    name: random.text(['a', 'a', 'a', 'b', 'c', ']', '[', '-', '😀'], random.pick([0, 3, 10, 120])),
  }),
  check: ({ glob, name }) => {
    const isFit = globPattern(glob).test(name);
    mustEqual(globPattern(`*${glob}*`).test(`x${name}y`) || !isFit, true, 'with anything around it');
    if (!/[[\]]/.test(glob)) mustEqual(isFit, fitsPlainly(Array.from(glob), Array.from(name)), 'whether it fits');
  },
});

/** Wildcards without sets, by what can be left of the name after each of them. */
function fitsPlainly(glob: readonly string[], name: readonly string[]): boolean {
  let reached = new Set([0]);
  for (const token of glob) {
    const next = new Set<number>();
    for (const at of reached) {
      if (token === '*') for (let to = at; to <= name.length; to++) next.add(to);
      else if (at < name.length && (token === '?' || token === name[at])) next.add(at + 1);
    }
    reached = next;
  }
  return reached.has(name.length);
}

export const template = fuzzTarget<string>({
  name: 'template',
  about: 'SQL templates of metrics and data sources',
  quickInputs: QUICK_INPUTS,
  make: (random) =>
    random.mixture(
      [
        '{{',
        '}}',
        '{%',
        '%}',
        '{#',
        '#}',
        '{',
        '}',
        'a',
        '.b',
        '(',
        ')',
        '[',
        ']',
        '"',
        "'",
        '\\',
        ',',
        ' ',
        '|',
        'if ',
        'not ',
      ],
      40,
    ),
  check: (text) => {
    try {
      referencesOf(text);
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
    }
  },
});

export const metadataText = fuzzTarget<string>({
  name: 'metadata-text',
  about: 'texts of metrics for people',
  quickInputs: QUICK_INPUTS,
  make: (random) => random.mixture([' ', '\t', '\n', 'a', '_', 'É', '\ud800', '0']),
  check: (text) => {
    mustEqual(trimFirstLine(text).replaceAll(/[ \t]/g, ''), text.replaceAll(/[ \t]/g, ''), 'all but blanks');
    mustEqual(dedent(text).split('\n').length, text.split('\n').length, 'the number of lines');
    mustEqual(titleOf(text).length >= text.length, true, 'a title at least as long');
  },
});

export const slug = fuzzTarget<string>({
  name: 'slug',
  about: 'slugs of experiments',
  quickInputs: QUICK_INPUTS,
  make: (random) =>
    random.mixture(['a', 'B', '-', '_', '9', ' ', '/', '..', '\0', '\u009b', '\u202e', '\ud800', 'é', '😀']),
  check: (text) => {
    mustHold(/^[A-Za-z0-9_]*$/.test(normaliseSlug(text)), 'a normal form of plain characters');
    mustHold(quote(text).length < 700, 'a short quotation');
    const checked = unlessRefused(['SLUG_INVALID'], () => checkSlug(text));
    mustHold(checked === undefined || (text.isWellFormed() && text !== ''), 'only well-formed slugs');
  },
});

export const logRecord = fuzzTarget<string>({
  name: 'log-record',
  about: 'messages on their way into the log table',
  quickInputs: QUICK_INPUTS,
  make: (random) => random.mixture(['a', '\n', '\ufffd', '\ud800', '\udc00', '😀', 'é']),
  check: (text) => {
    const at = { file: 'x.ts', function: 'f' };
    const { message } = toLogRecord({ message: text, level: 'ERROR', at }, 0);
    mustHold(message.isWellFormed(), 'a well-formed message');
    mustHold(Buffer.byteLength(message) <= 65_536, 'a message of at most 65536 bytes');
    if (Buffer.byteLength(text) <= 64_000) mustEqual(message, text.toWellFormed(), 'a short message');
  },
});

export const tableName = fuzzTarget<string>({
  name: 'table-name',
  about: 'names of tables: experiment, period, window',
  quickInputs: QUICK_INPUTS,
  make: (random) =>
    random.mixture([
      'statistics_',
      'enrollments_',
      '_enrollments_',
      '_exposures_',
      'a',
      '_',
      'day_1',
      'week_',
      '9',
      'overall',
    ]),
  check: (text) => {
    const { index } = parseCostTableName(text);
    mustHold(index === null || Number.isInteger(index) || index === Infinity, 'a window is a number');
    mustHold(windowTableOwners(text).length <= 2, 'at most two readings');
  },
});

export const errorCategories = fuzzTarget<string>({
  name: 'error-category',
  about: 'categories of log rows',
  quickInputs: QUICK_INPUTS,
  make: (random) => random.mixture(['Column name', 'not found', ' ', 'Resources exceeded', 'a', 'Unrecognized name']),
  check: (text) => {
    const row = {
      experiment: text,
      message: text,
      log_level: null,
      filename: text,
      func_name: null,
      exception_type: text,
    };
    mustHold(errorCategory(row) !== undefined, 'a category');
  },
});

export const period = fuzzTarget<string>({
  name: 'period',
  about: 'names of periods and other names that a user types, with their suggestions',
  quickInputs: QUICK_INPUTS,
  make: (random) => random.mixture(['daily', 'weekly', 'overall', 'days28', 'a', '_', 'W', '\u0000']),
  check: (text) => {
    mustHold(nearestNames(text, ['daily', 'weekly', text.slice(1)]).length <= 3, 'at most three suggestions');
    try {
      parseAnalysisPeriod(text);
    } catch (error) {
      if (!(error instanceof ContrailError) || error.code !== 'USAGE') throw error;
      mustHold(error.sentence.length < 2000, 'a short message');
    }
  },
});
