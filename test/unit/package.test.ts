/** What the package holds that people install. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

const Packed = z.tuple([z.object({ files: z.array(z.object({ path: z.string(), mode: z.number() })) })]);
const Lock = z.object({
  packages: z.record(
    z.string(),
    z.object({
      name: z.string().optional(),
      dev: z.boolean().optional(),
      optional: z.boolean().optional(),
      resolved: z.string().optional(),
      integrity: z.string().optional(),
      hasInstallScript: z.boolean().optional(),
      license: z.string().optional(),
    }),
  ),
});
const EXECUTABLE = 0o111;

function setup() {
  const cwd = fileURLToPath(new URL('../../', import.meta.url));
  const arguments_ = ['pack', '--dry-run', '--json', '--ignore-scripts'];
  const shell = process.platform === 'win32';
  const [{ files }] = Packed.parse(
    JSON.parse(execFileSync('npm', arguments_, { cwd, encoding: 'utf8', shell, stdio: ['ignore', 'pipe', 'ignore'] })),
  );
  return files;
}

describe('the package', () => {
  it('has the command, documents and the sample, and nothing of the workshop', { timeout: 60_000 }, () => {
    const files = setup();

    const paths = files.map(({ path }) => path);
    const wanted = ['bin/contrail.js', 'LICENSE', 'README.md', 'CHANGELOG.md', '.env.example', 'docs/configuration.md'];
    expect(paths).toEqual(expect.arrayContaining(wanted));
    const folders = new Set(paths.filter((path) => path.includes('/')).map((path) => path.split('/', 1)[0]));
    expect(
      [...folders].filter((folder) => !['assets', 'bin', 'config', 'dist', 'docs', 'sample'].includes(folder ?? '')),
    ).toEqual([]);
    expect(paths.filter((path) => /\.map$|\.tsbuildinfo$|\.built$/.test(path))).toEqual([]);
    expect(files.find(({ path }) => path === 'bin/contrail.js')?.mode).toSatisfy(
      (mode: number) => (mode & EXECUTABLE) === EXECUTABLE,
    );
  });
});

function locked() {
  const lock = readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8');
  return Object.entries(Lock.parse(JSON.parse(lock)).packages).filter(([path]) => path !== '');
}

describe('the locked packages', () => {
  it('are pinned by SHA-512, and by no address of a registry', () => {
    const packages = locked();

    expect(packages.filter(([, { integrity }]) => integrity?.startsWith('sha512-') !== true)).toEqual([]);
    expect(packages.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
  });

  it('have no install scripts but those that nothing needs', () => {
    const withScripts = locked().flatMap(([path, { hasInstallScript }]) => (hasInstallScript === true ? [path] : []));

    // The one builds from source where there is nothing ready-made, the other prints advice.
    expect(withScripts).toEqual(['node_modules/msgpackr-extract', 'node_modules/protobufjs']);
  });

  it('have licences that ask for no more than to be named', () => {
    const free = /^(MIT|Apache-2\.0|ISC|BlueOak-1\.0\.0|0BSD|BSD-[23]-Clause|Zlib|Unlicense)$/;
    const parts = (license = '') => license.replace(/[()]/g, '').split(' AND ');

    const others = locked().filter(
      ([, { dev, license }]) => dev !== true && !parts(license).every((part) => free.test(part)),
    );
    expect(others).toEqual([]);
  });
});

describe('an installation without the packages for development', () => {
  it('has no core-js and no apache-arrow', () => {
    const installed = locked()
      .filter(([, { dev, name }]) => dev !== true && name !== 'empty-npm-package')
      .map(([path]) => path.split('node_modules/').at(-1));

    expect(installed.filter((name) => name === 'core-js' || name === 'apache-arrow')).toEqual([]);
    expect(installed).toContain('@google-cloud/bigquery-storage');
  });
});
