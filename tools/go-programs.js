// Builds Go programs into the `bin/` of a folder whose go.mod pins their versions, unless they are there already.
import { spawnSync } from 'node:child_process';
import { mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';

const suffix = process.platform === 'win32' ? '.exe' : '';

/** Returns the path of each program. `programs`: file name and Go package; `purpose` says what they are for. */
export function buildGoPrograms(folder, { programs, sources = [], purpose }) {
  const bin = join(folder, 'bin');
  const wantedSince = Math.max(...['go.mod', 'go.sum', ...sources].map((file) => changedAt(join(folder, file))));
  const missing = Object.entries(programs).filter(([name]) => changedAt(join(bin, name + suffix)) < wantedSince);
  if (missing.length > 0) {
    checkGo(purpose);
    mkdirSync(bin, { recursive: true });
    for (const [name, source] of missing) build({ folder, bin, name, source });
  }
  return Object.fromEntries(Object.keys(programs).map((name) => [name, join(bin, name + suffix)]));
}

function checkGo(purpose) {
  const [, major = 0, minor = 0] = /go(\d+)\.(\d+)/.exec(spawnSync('go', ['version']).stdout?.toString() ?? '') ?? [];
  if (Number(major) > 1 || (Number(major) === 1 && Number(minor) >= 26)) return;
  fail(`${purpose} are built with Go 1.26 or newer, which is missing here: https://go.dev/dl/ has it.`);
}

function build({ folder, bin, name, source }) {
  process.stderr.write(`Building ${name} (minutes, the first time) …\n`);
  // Built aside, then put in place: a build that is broken off leaves no program that looks finished.
  const fresh = join(bin, `.${name}.${process.pid}${suffix}`);
  // oxlint-disable-next-line node/no-process-env -- Go takes this setting from nowhere else
  const env = { ...process.env, CGO_ENABLED: '0' };
  const { status } = spawnSync('go', ['build', '-o', fresh, source], { cwd: folder, env, stdio: 'inherit' });
  if (status !== 0) fail(`${name} could not be built.`);
  renameSync(fresh, join(bin, name + suffix));
}

function changedAt(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function fail(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}
