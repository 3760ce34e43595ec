/** Starting is quick because little is loaded: what `--version` and every `--help` load is what main.ts imports outright. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { importsOf, withoutComments } from '../../../support/import-graph.ts';

const SOURCE = fileURLToPath(new URL('../../../../src', import.meta.url));
/** Besides the file that declares each command. */
const MOST_FILES = 14;

/** Our files and the packages that a file loads as soon as it is loaded itself. */
function loadedBy(path: string, files = new Set<string>(), packages = new Set<string>()) {
  files.add(path);
  const code = withoutComments(readFileSync(join(SOURCE, path), 'utf8'))
    .replace(/^(?:import|export) type [^;]+;/gm, '')
    .replace(/\bimport\(/g, 'later(');
  for (const target of importsOf(code)) {
    const file = target.startsWith('.') ? join(dirname(path), target) : undefined;
    if (file === undefined) packages.add(target);
    else if (!files.has(file)) loadedBy(file, files, packages);
  }
  return { files: [...files], packages: [...packages] };
}

describe('starting', () => {
  // The second is one file of 4 kB: unknown commands are answered with the nearest one.
  it('loads two small packages and few files', () => {
    const { files, packages } = loadedBy('cli/main.ts');

    expect(packages.filter((name) => !name.startsWith('node:'))).toEqual(['commander']);
    expect(files.filter((file) => !file.startsWith('cli/usage/')).length).toBeLessThanOrEqual(MOST_FILES);
  });
});
