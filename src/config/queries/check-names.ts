/** Names made from an entry: of the query, its table and its objects. */
import { didYouMean } from '../../domain/nearest-name.ts';
import { type Placeholder, PLACEHOLDERS, templateParts } from '../../domain/query-export/object-template.ts';
import type { FieldProblem, QueryEntry } from './entry-schema.ts';

const LONGEST_NAME = 128;
/** What Contrail publishes by itself. */
const TAKEN_FOLDERS = ['statistics', 'metadata', 'errors'];
/** Objects that Contrail reads. */
const READ_FOLDER = 'enrollment_counts';
const LONGEST_SEGMENT_BYTES = 255;
const LONGEST: Readonly<Record<Placeholder, number>> = { slug: 80, normalised: 80, date: 10 };
// oxlint-disable-next-line no-control-regex -- control characters are what this looks for
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/** The texts of an entry with `{item}` and `{name}` filled in. */
export interface EntryNames {
  readonly name: string;
  readonly table: string | undefined;
  readonly object: string;
  readonly latest: string | undefined;
}

/** The names for one value of `foreach`. */
export function namesFor(entry: QueryEntry, item: string | undefined): EntryNames {
  const withItem = (text: string): string => (item === undefined ? text : text.replaceAll('{item}', item));
  const name = withItem(entry.name);
  const template = (text: string): string => withItem(text).replaceAll('{name}', name);
  return {
    name,
    table: entry.table === undefined ? undefined : withItem(entry.table),
    object: template(entry.object),
    latest: entry.latest === undefined ? undefined : template(entry.latest),
  };
}

/** Problems of the texts as written, before `foreach`. */
export function checkWrittenNames({ name, foreach, object, table }: QueryEntry): FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (!/^[a-z0-9][a-z0-9_-]{0,62}$/.test(name.replaceAll('{item}', 'i'))) {
    const text = 'It must have 1 to 63 lower case letters, digits, _ and -, and begin with a letter or digit.';
    problems.push({ field: 'name', text });
  }
  if (foreach.length === 0) {
    const withItem = Object.entries({ name, table }).filter(([, text]) => text?.includes('{item}'));
    return [
      ...problems,
      ...withItem.map(([field]) => ({ field, text: '{item} needs foreach, a list of its values.' })),
    ];
  }
  if (new Set(foreach).size < foreach.length) problems.push({ field: 'foreach', text: 'It has a value twice.' });
  for (const [field, text] of Object.entries({ name, object })) {
    if (text.includes('{item}') || (field === 'object' && text.includes('{name}'))) continue;
    problems.push({ field, text: 'It needs {item}, because foreach makes one query of each value.' });
  }
  return problems;
}

/** Problems of the names for one value of `foreach`. */
export function checkNames(names: EntryNames, scope: QueryEntry['scope']): FieldProblem[] {
  return [
    ...(/^[a-z0-9][a-z0-9_-]*$/.test(names.name) && names.name.length <= LONGEST_NAME
      ? []
      : [
          {
            field: 'name',
            text: `\`${names.name}\` must have at most ${LONGEST_NAME} lower case letters, digits, _ and -.`,
          },
        ]),
    ...(names.table === undefined || /^[\w-]{1,300}(?:\.[\w-]{1,300}){2}$/.test(names.table)
      ? []
      : [{ field: 'table', text: 'It must be project.dataset.name, each part of letters, digits, _ and -.' }]),
    ...checkTemplate('object', names.object, scope),
    ...(names.latest === undefined ? [] : checkTemplate('latest', names.latest, scope)),
  ];
}

/** Whether Contrail reads the object, so that a wrong one would raise or hide alerts. */
export function isReadByContrail(object: string): boolean {
  return object.startsWith(`${READ_FOLDER}/`);
}

function checkTemplate(field: string, template: string, scope: QueryEntry['scope']): FieldProblem[] {
  const parts = templateParts(template);
  const unknown = parts.flatMap((part) => ('unknown' in part ? [part.unknown] : []));
  if (unknown.length > 0) {
    const known = [...PLACEHOLDERS, 'name', 'item'];
    return unknown.map((name) => {
      const reason = name === 'item' ? 'needs foreach' : 'is not a placeholder';
      const remedy = `${didYouMean(name, known)}Placeholders: ${known.map((each) => `{${each}}`).join(', ')}.`;
      return { field, text: `{${name}} ${reason}. ${remedy}` };
    });
  }
  const used = parts.flatMap((part) => ('placeholder' in part ? [part.placeholder] : []));
  const hasSlug = used.some((placeholder) => placeholder !== 'date');
  const problem = pathProblem(template);
  const problems: FieldProblem[] = problem === undefined ? [] : [{ field, text: problem }];
  if (scope === 'global' && hasSlug)
    problems.push({ field, text: 'It has a slug, but scope = "global" has no experiment.' });
  if (scope !== 'global' && !hasSlug) {
    problems.push({
      field,
      text: `It needs {slug} or {normalised}, because scope = "${scope}" makes an object for each experiment.`,
    });
  }
  return problems;
}

function pathProblem(template: string): string | undefined {
  if (UNPRINTABLE.test(template) || !template.isWellFormed()) return 'It has control characters; remove them.';
  if (/[\\{}]/.test(template.replaceAll(/\{\w+\}/g, '')))
    return 'It has a \\, { or } that is not part of a placeholder.';
  const [folder = '', ...rest] = template.split('/');
  if (rest.length === 0) return 'It needs a folder, such as "monitoring/…".';
  if (folder.includes('{')) return 'The first folder must be fixed text.';
  if (TAKEN_FOLDERS.includes(folder.toLowerCase())) {
    return `The folder ${folder} is for what Contrail publishes by itself; choose another one.`;
  }
  if (folder.startsWith('.')) return 'The first folder must not begin with a dot.';
  if ([folder, ...rest].some((segment) => segment === '' || segment === '.' || segment === '..')) {
    return 'It has an empty part, or a part . or ..';
  }
  if ([folder, ...rest].some((segment) => longestBytes(segment) > LONGEST_SEGMENT_BYTES)) {
    return `With the longest slug it would have a part of more than ${LONGEST_SEGMENT_BYTES} bytes; shorten it.`;
  }
  return undefined;
}

function longestBytes(segment: string): number {
  return templateParts(segment).reduce((sum, part) => {
    if ('placeholder' in part) return sum + LONGEST[part.placeholder];
    return sum + ('text' in part ? Buffer.byteLength(part.text) : 0);
  }, 0);
}
