// `npm run check`: the one gate. Format, lint, types, generated documents, unit and contract tests; with --no-tests, no tests.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root, setUp } from './set-up.js';

const tool = (path, ...arguments_) => [process.execPath, join(root, 'node_modules', path), ...arguments_];

/** @type {[string, string[]][]} */
const steps = [
  ['format', tool('prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.')],
  ['lint', tool('oxlint/bin/oxlint', '--type-aware', '--deny-warnings')],
  ['types', tool('typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.json')],
  ['documents', [process.execPath, join(root, 'scripts', 'docs.js'), '--check']],
];
if (!process.argv.includes('--no-tests')) {
  steps.push([
    'unit and contract tests',
    tool('vitest/vitest.mjs', 'run', '--project', 'unit', '--project', 'contract'),
  ]);
}

setUp();
const failed = steps.filter(([name, command]) => {
  const [program, ...arguments_] = command;
  process.stderr.write(`\n== ${name}\n`);
  return spawnSync(program, arguments_, { cwd: root, stdio: 'inherit' }).status !== 0;
});
process.stderr.write(
  failed.length === 0
    ? '\nAll checks passed.\n'
    : `\nFailed: ${failed.map(([name]) => name).join(', ')}. npm run format mends the format, npm run docs the documents.\n`,
);
process.exitCode = failed.length === 0 ? 0 : 1;
