/** Names with wildcards, as Python's `fnmatch` reads them, with regard to case. */

/** Whether a name has a wildcard; others stand for themselves. */
export function isGlob(name: string): boolean {
  return /[*?[]/.test(name);
}

/** A pattern that fits whole names: `*` any text, `?` one character, `[a-c]` and `[!a-c]` one of a set. */
export function globPattern(glob: string): RegExp {
  let source = '';
  let rest = glob;
  while (rest !== '') {
    const set = /^\[(?<negated>!?)(?<members>\]?[^\]]*)\]/su.exec(rest);
    const token = set?.[0] ?? Array.from(rest)[0] ?? '';
    source += set === null ? patternOf(token) : setPattern(set.groups);
    rest = rest.slice(token.length);
  }
  return new RegExp(`^(?:${source})$`, 'su');
}

function patternOf(character: string): string {
  if (character === '*') return '.*';
  if (character === '?') return '.';
  return escape(character);
}

function setPattern({ negated = '', members = '' }: Readonly<Record<string, string>> = {}): string {
  const ranges = [...members.matchAll(/(?<from>.)-(?<to>.)|(?<one>.)/gsu)].map(({ groups = {} }) => {
    const { from, to, one } = groups;
    if (from === undefined || to === undefined) return escapeInSet(one ?? '');
    // An empty range holds nothing, where JavaScript would refuse it.
    return from <= to ? `${escapeInSet(from)}-${escapeInSet(to)}` : '';
  });
  const isEmpty = ranges.join('') === '';
  if (isEmpty) return negated === '' ? '(?!)' : '.';
  return `[${negated === '' ? '' : '^'}${ranges.join('')}]`;
}

function escape(character: string): string {
  return /[\\^$.*+?()[\]{}|/]/.test(character) ? `\\${character}` : character;
}

function escapeInSet(character: string): string {
  return character === '-' ? '\\-' : escape(character);
}
