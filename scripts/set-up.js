// What a fresh clone needs before anything runs: packages and a build. Uses nothing but Node, because nothing else is there yet.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const installedMark = join(root, 'node_modules', '.contrail-installed');
const builtMark = join(root, 'dist', '.built');

/** Installs packages when they are missing or not those of the lock file, and builds when the source has changed. */
export function setUp() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    fail(`Contrail needs Node 20.19 or newer; this is ${process.version}.`);
  }
  const lock = fingerprint([join(root, 'package-lock.json')]);
  if (!isMarked(installedMark, lock)) {
    process.stderr.write('Installing packages …\n');
    run('npm', ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error', '--ignore-scripts']);
    writeFileSync(installedMark, lock);
  }
  const source = fingerprint([
    ...filesBelow(join(root, 'src')),
    join(root, 'tsconfig.json'),
    join(root, 'tsconfig.build.json'),
  ]);
  if (!isMarked(builtMark, source)) {
    // Built aside, then swapped in: what runs meanwhile finds the old build or the new one.
    const fresh = join(root, `dist.${process.pid}`);
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    run(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', fresh]);
    writeFileSync(join(fresh, '.built'), source);
    rmSync(join(root, 'dist'), { recursive: true, force: true });
    renameSync(fresh, join(root, 'dist'));
  }
}

/** Runs a program in the project's folder with our terminal; ends this process with its code when it fails. */
export function run(program, arguments_, options = {}) {
  const shell = process.platform === 'win32';
  const { status, error } = spawnSync(program, arguments_, { cwd: root, stdio: 'inherit', shell, ...options });
  if (error !== undefined) fail(`${program} could not be started: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}

function isMarked(mark, text) {
  return existsSync(mark) && readFileSync(mark, 'utf8') === text;
}

function fingerprint(files) {
  const hash = createHash('sha256').update(process.versions.modules);
  for (const file of files.sort()) hash.update(file).update(readFileSync(file));
  return hash.digest('hex');
}

function filesBelow(folder) {
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, String(name)))
    .filter((path) => statSync(path).isFile());
}

function fail(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}
