/** What a package weighs once it is installed, with the packages that it needs. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { z } from 'zod';

const Manifest = z.object({
  name: z.string(),
  dependencies: z.record(z.string(), z.string()).optional(),
  optionalDependencies: z.record(z.string(), z.string()).optional(),
});

/** Bytes of the files of a package and of all it depends on, each once. Optional ones count where they are installed. */
export function packageBytes(name: string): number {
  const folders = new Set<string>();
  collect(name, import.meta.url, folders);
  return [...folders].reduce((sum, folder) => sum + folderBytes(folder), 0);
}

function collect(name: string, from: string, folders: Set<string>): void {
  const folder = packageFolder(name, from);
  if (folder === undefined || folders.has(folder)) return;
  folders.add(folder);
  const manifest = join(folder, 'package.json');
  const { dependencies = {}, optionalDependencies = {} } = Manifest.parse(JSON.parse(readFileSync(manifest, 'utf8')));
  for (const needed of Object.keys({ ...dependencies, ...optionalDependencies })) collect(needed, manifest, folders);
}

/** Where Node looks for it; the package need not export its manifest. */
function packageFolder(name: string, from: string): string | undefined {
  const places = createRequire(from).resolve.paths(name) ?? [];
  return places.map((place) => join(place, name)).find((folder) => existsSync(join(folder, 'package.json')));
}

function folderBytes(folder: string): number {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sum + (entry.name === 'node_modules' ? 0 : folderBytes(path));
    return sum + statSync(path).size;
  }, 0);
}
