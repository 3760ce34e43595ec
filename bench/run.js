/**
 * Measures what the folders beside this file ask: `npm run bench -- [--full] [--json] [--lenient] [--only QUESTION]…` (README.md).
 * Plain JavaScript, because Node 20 runs no TypeScript: it compiles the questions and what they import, and then runs
 * each in a process of its own. Exit 1 when a limit is missed (not with --lenient) or a question breaks off, 2 for wrong usage.
 */
import { execFileSync, fork } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, release, tmpdir, totalmem, type } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const BENCH = dirname(fileURLToPath(import.meta.url));
const ROOT = dirname(BENCH);
const GIB = 1024 ** 3;
const BROKE_OFF = ': broke off';

/** The folders with a `run.ts`. */
function knownQuestions() {
  const folders = readdirSync(BENCH, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders
    .map((entry) => entry.name)
    .filter((name) => existsSync(join(BENCH, name, 'run.ts')))
    .sort();
}

/** What is asked for, or the reason why it cannot be. */
function readOptions(known) {
  const { values } = parseArgs({
    options: {
      full: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      lenient: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
    },
  });
  const unknown = values.only.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`--only: there is no question "${unknown}", but ${known.join(', ')}`);
  return {
    ...values,
    questions: values.only.length === 0 ? known : known.filter((name) => values.only.includes(name)),
  };
}

/** Compiles into a folder of this run's own, inside the project so that imports find its packages, and returns it. */
function build() {
  const parent = join(BENCH, '.build');
  mkdirSync(parent, { recursive: true });
  const built = mkdtempSync(join(parent, 'run-'));
  process.once('exit', () => rmSync(built, { recursive: true, force: true }));
  const typescript = createRequire(import.meta.url).resolve('typescript/package.json');
  const tsc = join(dirname(typescript), 'bin', 'tsc');
  const options = ['-p', join(ROOT, 'tsconfig.bench.json'), '--outDir', built];
  execFileSync(process.execPath, [tsc, ...options], { stdio: ['ignore', 2, 2] });
  return built;
}

/** The answer of one question's process. What it prints goes to stderr: stdout is for results. */
function ask(question, { built, full }) {
  const folder = mkdtempSync(join(tmpdir(), 'contrail-bench-'));
  const child = fork(join(built, 'bench', 'run-question.js'), {
    serialization: 'advanced',
    stdio: ['ignore', 2, 2, 'ipc'],
  });
  const clean = () => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', clean);
  return new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('error', reject);
    child.once('exit', (code, signal) => reject(new Error(`${question} ended with ${signal ?? `exit code ${code}`}`)));
    child.send({ question, full, folder });
  }).finally(() => {
    process.removeListener('exit', clean);
    clean();
  });
}

async function answersOf(question, order) {
  try {
    return await ask(question, order);
  } catch (error) {
    console.error(error.message);
    const failure = { question: `${question}${BROKE_OFF}`, value: 0, unit: 'answers', floor: 1, ok: false };
    return { data: 'none', results: [failure] };
  }
}

function printHeader() {
  const [cpu] = cpus();
  const memory = `${(totalmem() / GIB).toFixed(0)} GiB`;
  const command = ['node', relative(process.cwd(), process.argv[1]), ...process.argv.slice(2)].join(' ');
  console.log(
    `Machine: ${cpu?.model ?? 'unknown processor'}, ${cpus().length} cores, ${memory}, ${type()} ${release()}`,
  );
  console.log(`Node: ${process.version}`);
  console.log(`Command: ${command}`);
}

function printResults(name, { data, results }, seconds) {
  console.log(`\n${name} (${seconds.toFixed(0)} s)\nData: ${data}`);
  const width = Math.max(...results.map(({ question }) => question.length));
  for (const { question, value, unit, floor, ok } of results) {
    const limit = floor === null ? '' : `limit ${rounded(floor)}: ${ok ? 'kept' : 'MISSED'}`;
    const number = `${rounded(value).padStart(8)} ${unit.padEnd(16)}`;
    console.log(`  ${question.padEnd(width)} ${number} ${limit}`.trimEnd());
  }
}

function rounded(value) {
  return Number.isInteger(value) || value >= 1000 ? value.toFixed(0) : value.toFixed(2);
}

async function main() {
  const { full, json, lenient, questions } = readOptions(knownQuestions());
  const built = build();
  if (!json) printHeader();
  const all = [];
  for (const name of questions) {
    const start = performance.now();
    const answers = await answersOf(name, { built, full });
    all.push(...answers.results);
    if (!json) printResults(name, answers, (performance.now() - start) / 1000);
  }
  if (json) console.log(JSON.stringify(all, null, 2));
  const isGood = lenient ? ({ question }) => !question.endsWith(BROKE_OFF) : ({ ok }) => ok;
  process.exitCode = all.every(isGood) ? 0 : 1;
}

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
main().catch((error) => {
  console.error(error.message);
  process.exitCode = 2;
});
