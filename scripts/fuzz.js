/**
 * `npm run fuzz -- [--target NAME]… [--inputs N] [--seed S] [--first N]`: random inputs for everything that reads text or
 * bytes from outside (test/fuzz/). Prints a line per target. Exit 1 when an input broke a rule, hung or ran out of
 * memory, with the command that repeats it; 2 for wrong usage.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { root } from './set-up.js';

const USAGE = `Usage: npm run fuzz -- [options]

Tries random inputs on everything that reads text or bytes from outside.

  --target NAME  only this target; may be given several times
  --inputs N     inputs per target (2000)
  --seed S       seed of the inputs (by the clock)
  --first N      number of the first input, to repeat one (0)
  --help         this text
`;
const LONGEST_INPUT_MS = 10_000;
const POLL_MS = 100;
const HEAP_MIB = 512;

function readOptions() {
  const text = { type: /** @type {const} */ ('string') };
  const { values } = parseArgs({
    options: { target: { ...text, multiple: true }, inputs: text, seed: text, first: text, help: { type: 'boolean' } },
  });
  return {
    names: values.target ?? [],
    inputs: wholeNumber('inputs', values.inputs ?? '2000', 1),
    seed: wholeNumber('seed', values.seed ?? String(Date.now() % 2 ** 31), 0),
    first: wholeNumber('first', values.first ?? '0', 0),
    help: values.help ?? false,
  };
}

function wholeNumber(option, text, least) {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value < 2 ** 31) return value;
  throw new Error(
    `--${option} has an invalid value "${text}"; expected a whole number from ${least} to ${2 ** 31 - 1}.`,
  );
}

/** Compiles into a folder of this run's own, inside the project so that imports find its packages. */
function build() {
  const parent = join(root, 'test', 'fuzz', '.build');
  mkdirSync(parent, { recursive: true });
  const built = mkdtempSync(join(parent, 'run-'));
  process.once('exit', () => rmSync(built, { recursive: true, force: true }));
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  execFileSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.fuzz.json'), '--outDir', built], {
    stdio: ['ignore', 2, 2],
  });
  return built;
}

/** The named targets, all where none is named. Throws for an unknown name, with the nearest known one. */
async function chooseTargets(built, names) {
  const { FUZZ_TARGETS } = await import(pathToFileURL(join(built, 'test', 'fuzz', 'targets.js')).href);
  const { didYouMean } = await import(pathToFileURL(join(built, 'src', 'domain', 'nearest-name.js')).href);
  const known = FUZZ_TARGETS.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const nearest = didYouMean(unknown, known);
    throw new Error(`There is no target "${unknown}". ${nearest}The targets are ${known.join(', ')}.`);
  }
  return FUZZ_TARGETS.filter(({ name }) => names.length === 0 || names.includes(name));
}

/** The failures of a target. A thread of its own, so that an input that hangs can be seen and ended. */
async function runTarget(built, name, run) {
  const place = new Int32Array(new SharedArrayBuffer(4)).fill(-1);
  const worker = new Worker(join(built, 'test', 'fuzz', 'worker.js'), {
    workerData: { name, place, ...run },
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB },
  });
  let failures;
  worker.once('message', (found) => (failures = found));
  worker.once('error', (error) => (failures ??= [{ index: Atomics.load(place, 0), problem: String(error) }]));
  worker.once('exit', () => (failures ??= [{ index: Atomics.load(place, 0), problem: 'the thread ended early' }]));
  let slowest = { index: run.first, ms: 0 };
  let seen = { index: -1, at: performance.now() };
  while (failures === undefined) {
    await delay(POLL_MS);
    const index = Atomics.load(place, 0);
    if (index !== seen.index) seen = { index, at: performance.now() };
    const ms = performance.now() - seen.at;
    if (index >= 0 && ms > slowest.ms) slowest = { index, ms };
    if (index >= 0 && ms > LONGEST_INPUT_MS)
      failures = [{ index, problem: `it takes more than ${LONGEST_INPUT_MS} ms` }];
  }
  await worker.terminate();
  return { failures, slowest, tried: Atomics.load(place, 0) - run.first + 1 };
}

function printFailures(name, seed, failures) {
  for (const { index, problem } of failures) {
    const again = `npm run fuzz -- --target ${name} --seed ${seed} --first ${index} --inputs 1`;
    console.log(`\n${name}, input ${index}: ${problem}\nrepeat: ${again}\n`);
  }
}

async function main() {
  const { names, help, ...run } = readOptions();
  const built = build();
  const targets = await chooseTargets(built, names);
  if (help) {
    const width = Math.max(...targets.map(({ name }) => name.length));
    console.log(`${USAGE}\nTargets:`);
    for (const { name, about } of targets) console.log(`  ${name.padEnd(width)}  ${about}`);
    return;
  }
  let failed = 0;
  console.log('target              inputs  seconds  failures  seed');
  for (const { name } of targets) {
    const startedAt = performance.now();
    const { failures, slowest, tried } = await runTarget(built, name, run);
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    const cells = [
      name.padEnd(18),
      String(tried).padStart(7),
      seconds.padStart(8),
      String(failures.length).padStart(9),
    ];
    const slow = slowest.ms < 1000 ? '' : `  (input ${slowest.index} took ${(slowest.ms / 1000).toFixed(1)} s)`;
    console.log(`${cells.join(' ')}  ${run.seed}${slow}`);
    printFailures(name, run.seed, failures);
    failed += failures.length;
  }
  process.exitCode = failed === 0 ? 0 : 1;
}

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
main().catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
});
