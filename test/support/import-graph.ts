/** Which file of a source tree imports what, and which of the house's rules that breaks (style, section 3). */
import { dirname, join } from 'node:path/posix';

/** Paths relative to `src/`, with the text of each file. */
export type SourceTree = ReadonlyMap<string, string>;

export interface ImportRules {
  /** By room: the rooms whose files it may import besides its own. `every`: all. A folder of a room can be a room too. */
  readonly rooms: Readonly<Record<string, readonly string[] | 'every'>>;
  /** Packages that only these folders may import; a name ending in `/` means all packages that begin so. */
  readonly packages: Readonly<Record<string, readonly string[]>>;
  /** What only these folders or files may say. */
  readonly words: readonly { readonly pattern: RegExp; readonly name: string; readonly only: readonly string[] }[];
  /** The modules of Node and the packages that these rooms may import, and no others. */
  readonly pureRooms: Readonly<Record<string, readonly string[]>>;
}

/** Every break of the rules as a sentence; none where all is well. */
export function brokenRules(tree: SourceTree, rules: ImportRules): string[] {
  return [...tree].flatMap(([path, source]) => {
    const code = withoutComments(source);
    return [
      ...importsOf(code).flatMap((target) => brokenImport(path, target, { tree, rules })),
      ...rules.words
        .filter(({ pattern, only }) => pattern.test(code) && !liesIn(path, only))
        .map(({ name }) => `${path} says ${name}`),
    ];
  });
}

/** Rings of files that import each other, type imports included: each as its path, beginning and ending alike. */
export function importCycles(tree: SourceTree): string[] {
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path);
    if (at >= 0) cycles.push([...trail.slice(at), path].join(' → '));
    if (at >= 0 || done.has(path)) return;
    for (const target of importsOf(withoutComments(tree.get(path) ?? ''))) {
      const next = resolve(path, target);
      if (next !== undefined && tree.has(next)) visit(next, [...trail, path]);
    }
    done.add(path);
  };
  for (const path of tree.keys()) visit(path, []);
  return cycles;
}

/** What a text imports and exports from elsewhere, statically or not, in the order of the text. */
export function importsOf(code: string): string[] {
  const statements =
    /^(?:import|export)\s[\w\s{},*$]+?\sfrom\s*(['"])([^'"]+)\1|^import\s*(['"])([^'"]+)\3|\bimport\(\s*(['"`])([^'"`]+)\5/gm;
  return [...code.matchAll(statements)].map((match) => match[2] ?? match[4] ?? match[6] ?? '');
}

/** A text without its comments; those behind code are taken for such only after a blank, so that URLs stay. */
export function withoutComments(source: string): string {
  return source.replace(/^\s*\/\*[^]*?\*\//gm, '').replace(/(^|\s)\/\/.*$/gm, '$1');
}

function brokenImport(
  path: string,
  target: string,
  { tree, rules }: { tree: SourceTree; rules: ImportRules },
): string[] {
  const file = resolve(path, target);
  if (file === undefined) return brokenPackage(path, target, rules);
  if (!tree.has(file)) return [`${path} imports ${file}, which is not there`];
  const [from, to] = [roomOf(path, rules), roomOf(file, rules)];
  const allowed = rules.rooms[from];
  if (allowed === undefined) return [`${path} lies in no known room`];
  if (from === to || allowed === 'every' || allowed.includes(to)) return [];
  return [`${path} imports ${file}: ${from} may not import ${to}`];
}

function brokenPackage(path: string, target: string, rules: ImportRules): string[] {
  const pure = rules.pureRooms[roomOf(path, rules)];
  if (pure !== undefined && !pure.includes(target)) return [`${path} imports ${target}`];
  const only = Object.entries(rules.packages)
    .filter(([name]) => target === name || target.startsWith(name.endsWith('/') ? name : `${name}/`))
    .map(([, folders]) => folders);
  return only.every((folders) => liesIn(path, folders)) ? [] : [`${path} imports ${target}`];
}

function resolve(path: string, target: string): string | undefined {
  return target.startsWith('.') ? join(dirname(path), target) : undefined;
}

/** The innermost room that a file lies in; its first folder where there is none. */
export function roomOf(path: string, { rooms }: Pick<ImportRules, 'rooms'>): string {
  const names = Object.keys(rooms).filter((name) => path.startsWith(`${name}/`));
  return names.toSorted((a, b) => b.length - a.length)[0] ?? path.split('/', 1)[0] ?? '';
}

function liesIn(path: string, places: readonly string[]): boolean {
  return places.some((place) => path === place || path.startsWith(`${place}/`));
}
