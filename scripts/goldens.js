// `npm run test:goldens -- KIND`: the golden cases of a kind through the command line, on the project's own fixtures or on
// those in the folder CONTRAIL_FIXTURES, of the same layout.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { run, setUp } from './set-up.js';

const KINDS = {
  console: ['test/goldens/console-'],
  statistics: ['test/long/run-statistics', 'test/e2e/run-statistics'],
  metadata: ['test/long/run-metadata', 'test/e2e/run-metadata'],
  errors: ['test/long/run-errors', 'test/e2e/run-errors'],
  monitoring: ['test/long/run-monitoring'],
  today: ['test/goldens/today-'],
};
/** A file that each folder of cases of these kinds has. */
const MARKS = { console: 'base.json', today: 'funnel.json' };
const WITH_FIXTURES = Object.keys(MARKS);

const [kind, ...rest] = process.argv.slice(2);
if (kind === undefined || kind === '--help' || !Object.hasOwn(KINDS, kind)) {
  const isHelp = kind === undefined || kind === '--help';
  if (!isHelp) process.stderr.write(`There is no kind of golden cases ${JSON.stringify(kind)}. `);
  process.stderr.write(`Usage: npm run test:goldens -- KIND, one of: ${Object.keys(KINDS).join(', ')}.\n`);
  process.stderr.write('CONTRAIL_FIXTURES=FOLDER takes the cases from there (console, today).\n');
  process.exit(kind === '--help' ? 0 : 2);
}
const folder = process.env.CONTRAIL_FIXTURES;
if (folder !== undefined && !existsSync(folder)) {
  process.stderr.write(`The folder CONTRAIL_FIXTURES=${folder} does not exist.\n`);
  process.exit(2);
}
if (folder !== undefined && !WITH_FIXTURES.includes(kind)) {
  process.stderr.write(
    `CONTRAIL_FIXTURES is taken by the kinds ${WITH_FIXTURES.join(' and ')} only; ${kind} runs on the project's own fixtures.\n`,
  );
  process.exit(2);
}
if (folder !== undefined) process.env.CONTRAIL_FIXTURES = casesOf(folder);
setUp();
run(process.execPath, [
  'node_modules/vitest/vitest.mjs',
  'run',
  '--project',
  'goldens',
  '--project',
  'e2e',
  '--project',
  'long',
  ...KINDS[kind],
  ...rest,
]);

/** The folder with the cases of the kind: the given one, or its `KIND` or `golden/KIND`. */
function casesOf(given) {
  const found = ['.', kind, join('golden', kind)].find((at) => existsSync(join(given, at, MARKS[kind])));
  if (found !== undefined) return resolve(given, found);
  process.stderr.write(`The folder CONTRAIL_FIXTURES=${given} has no ${kind} cases: ${MARKS[kind]} is missing.\n`);
  process.exit(2);
}
