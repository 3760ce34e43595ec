/** How long does a whole export from a DuckDB file take, and in how much memory? See README.md. */
import { fork } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BenchRequest, BenchResult } from '../bench-result.ts';
import { createStatisticsTable } from './statistics-table.ts';
import type { Task, TaskResult } from './task.ts';

const MILLION = 1_000_000;

/** The limits of the specification. */
const MOST_TIMES_COPY = 2.5;
const MOST_RSS_MIB_AT_A_MILLION = 1024;
const MOST_RSS_MIB = 700;
const MOST_GROWTH = 1.1;

export const data =
  'statistics tables with 13 columns in a DuckDB file; 300 MB of JSON a million rows; settings as they are by default';

/** Exports tables of several sizes, each time in a process of its own. */
export async function run({ full, folder }: BenchRequest): Promise<BenchResult[]> {
  return [
    ...(await compareWithCopy(folder, full ? 5 : 3)),
    ...(await compareMemory(folder, full ? [500_000, 5 * MILLION] : [100_000, MILLION])),
  ];
}

async function compareWithCopy(folder: string, turns: number): Promise<BenchResult[]> {
  return withTable(folder, MILLION, async (database) => {
    const target = join(folder, 'target');
    const ours: TaskResult[] = [];
    const theirs: TaskResult[] = [];
    for (let turn = 0; turn < turns; turn++) {
      ours.push(await runTask({ kind: 'export', database, target, rows: MILLION }));
      theirs.push(await runTask({ kind: 'copy', database, target, rows: MILLION }));
    }
    const oursBest = Math.min(...ours.map(({ seconds }) => seconds));
    const theirsBest = Math.min(...theirs.map(({ seconds }) => seconds));
    return [
      { question: 'Export of a million rows', value: oursBest, unit: 's' },
      { question: "DuckDB's COPY of the same query", value: theirsBest, unit: 's' },
      {
        question: "Export over DuckDB's COPY",
        value: oursBest / theirsBest,
        unit: 'times',
        limit: { atMost: MOST_TIMES_COPY },
      },
      {
        question: 'Peak memory of the process, a million rows',
        value: Math.max(...ours.map(({ peakRssMib }) => peakRssMib)),
        unit: 'MiB',
        limit: { atMost: MOST_RSS_MIB_AT_A_MILLION },
      },
    ];
  });
}

async function compareMemory(folder: string, [few, many]: readonly [number, number]): Promise<BenchResult[]> {
  const target = join(folder, 'target');
  const small = await withTable(folder, few, (database) => runTask({ kind: 'sample', database, target, rows: few }));
  return withTable(folder, many, async (database) => {
    const whole = await runTask({ kind: 'export', database, target, rows: many });
    const large = await runTask({ kind: 'sample', database, target, rows: many });
    return [
      { question: `One export of ${inWords(many)} rows`, value: whole.seconds, unit: 's' },
      {
        question: `Peak memory of the process, ${inWords(many)} rows`,
        value: whole.peakRssMib,
        unit: 'MiB',
        limit: { atMost: MOST_RSS_MIB },
      },
      { question: `Held outside DuckDB, ${inWords(many)} rows`, value: large.peakHeldMib, unit: 'MiB' },
      {
        question: `Held outside DuckDB, ${inWords(many)} over ${inWords(few)} rows`,
        value: large.peakHeldMib / small.peakHeldMib,
        unit: 'times',
        limit: { atMost: MOST_GROWTH },
      },
    ];
  });
}

async function withTable<T>(folder: string, rows: number, work: (database: string) => Promise<T>): Promise<T> {
  const database = join(folder, `${rows}.duckdb`);
  await createStatisticsTable(database, rows);
  try {
    return await work(database);
  } finally {
    rmSync(database);
  }
}

async function runTask(task: Task): Promise<TaskResult> {
  mkdirSync(task.target);
  const child = fork(fileURLToPath(new URL('run-task.js', import.meta.url)), { execArgv: ['--expose-gc'] });
  try {
    return await new Promise<TaskResult>((resolve, reject) => {
      child.once('message', (result: TaskResult) => resolve(result));
      child.once('error', reject);
      child.once('exit', (code) =>
        reject(new Error(`The process of "${task.kind}" ended with ${code ?? 'a signal'}.`)),
      );
      child.send(task);
    });
  } finally {
    child.kill();
    rmSync(task.target, { recursive: true });
  }
}

function inWords(rows: number): string {
  return rows >= MILLION ? `${rows / MILLION} million` : rows.toLocaleString('en');
}
