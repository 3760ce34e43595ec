/** How long does a command take to begin? See README.md. */
import { fileURLToPath } from 'node:url';
import type { BenchRequest, BenchResult } from '../bench-result.ts';
import { medianSeconds } from '../support/processor-seconds.ts';

// Seen from `bench/.build/<run>/bench/start-up`, where this is compiled to.
const CONTRAIL = fileURLToPath(new URL('../support/contrail-main.js', import.meta.url));
const MOST_TIMES = 2.5;
const COMMANDS = ['--version', '--help', 'backfill --help', 'run statistics --help'] as const;

export const data = 'processes of their own, beside `node -e 0`';

/** Runs the commands turn by turn, and compares the median of what they take of the processor. */
export async function run({ full }: BenchRequest): Promise<BenchResult[]> {
  const lines = [['-e', '0'], ...COMMANDS.map((command) => [CONTRAIL, ...command.split(' ')])];
  const [node = Number.NaN, ...ours] = await medianSeconds(lines, full ? 31 : 11);
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
