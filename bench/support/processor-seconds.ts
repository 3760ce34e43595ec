/** What processes of their own take of the processor, from their start to their end. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Runs Node with these arguments; the process writes down what it has used when it ends. */
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

/** Runs each line of arguments that often, turn by turn, and gives the median of each. */
export async function medianSeconds(lines: readonly (readonly string[])[], turns: number): Promise<number[]> {
  const seconds = lines.map((): number[] => []);
  for (let turn = 0; turn < turns; turn++) {
    for (const [index, line] of lines.entries()) seconds[index]?.push(await processorSeconds(line));
  }
  return seconds.map((values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN);
}
