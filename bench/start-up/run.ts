/** How long does a command take to begin? See README.md. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { BenchRequest, BenchResult } from '../bench-result.ts';

// Seen from `bench/.build/<run>/bench/start-up`, where this is compiled to.
const CONTRAIL = fileURLToPath(new URL('../support/contrail-main.js', import.meta.url));
const MOST_TIMES = 2.5;
const COMMANDS = ['--version', '--help', 'backfill --help', 'run statistics --help'] as const;

export const data = 'processes of their own, beside `node -e 0`';

/** Runs the commands turn by turn, and compares the median of what they take of the processor. */
export async function run({ full }: BenchRequest): Promise<BenchResult[]> {
  const lines = [['-e', '0'], ...COMMANDS.map((command) => [CONTRAIL, ...command.split(' ')])];
  const seconds = lines.map((): number[] => []);
  for (let turn = 0; turn < (full ? 31 : 11); turn++) {
    for (const [index, line] of lines.entries()) seconds[index]?.push(await processorSeconds(line));
  }
  const [node = Number.NaN, ...ours] = seconds.map(median);
  return [
    { question: 'Start Node alone', value: node, unit: 's' },
    ...COMMANDS.map((command, index) => ({
      question: `contrail ${command} over node -e 0`,
      value: (ours[index] ?? Number.NaN) / node,
      unit: 'times',
      limit: { atMost: MOST_TIMES },
    })),
  ];
}

/** What a process has used of the processor when it ends: it writes that down itself. */
async function processorSeconds(line: readonly string[]): Promise<number> {
  const tell = `process.on('exit', () => process.send(process.cpuUsage()))`;
  const preload = `data:text/javascript,${encodeURIComponent(tell)}`;
  const child = spawn(process.execPath, ['--import', preload, ...line], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const [[usage]] = await Promise.all([once(child, 'message'), once(child, 'close')]);
  const { user, system } = usage as NodeJS.CpuUsage;
  return (user + system) / 1e6;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
