import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { say } from '../../../src/cli/output.ts';
import { progressBar } from '../../../src/cli/progress-bar.ts';
import { showLine, terminalLog } from '../../../src/cli/terminal-line.ts';

const COLUMNS = 40;

/** What a terminal shows after all that was written: texts overwrite what stands where they begin. */
function screenAfter(written: string): string[] {
  const lines = [''];
  let column = 0;
  for (const character of written) {
    const line = lines.at(-1) ?? '';
    if (character === '\n') lines.push('');
    else if (character !== '\r') lines[lines.length - 1] = line.slice(0, column) + character + line.slice(column + 1);
    column = character === '\n' || character === '\r' ? 0 : column + 1;
  }
  return lines.map((line) => line.trimEnd());
}

describe('a changing line on a terminal', () => {
  let written = '';

  beforeEach(() => {
    written = '';
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((written += String(text)), true));
    Object.defineProperties(process.stderr, {
      isTTY: { value: true, configurable: true },
      columns: { value: COLUMNS, configurable: true },
    });
  });

  afterEach(() => {
    showLine('');
    vi.restoreAllMocks();
    Object.defineProperties(process.stderr, {
      isTTY: { value: false, configurable: true },
      columns: { value: undefined, configurable: true },
    });
  });

  it('stays below what is printed meanwhile, and leaves nothing behind', () => {
    showLine('50 % of a rather long text');
    say('No worker takes jobs.');
    terminalLog.write('12:00:01 info  a line of the log\n');
    showLine('60 %');
    const meanwhile = screenAfter(written);
    showLine('');

    expect(meanwhile).toEqual(['No worker takes jobs.', '12:00:01 info  a line of the log', '60 %']);
    expect(screenAfter(written)).toEqual(['No worker takes jobs.', '12:00:01 info  a line of the log', '']);
  });

  it('never wraps, and is written without colours', () => {
    showLine('x'.repeat(100));
    const bar = progressBar('an-experiment-with-a-long-name weekly', systemClock);
    bar.update(3, 7);
    bar.update(7, 7);

    const lines = written.split('\r');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(COLUMNS);
    expect(written).not.toContain('\u001b');
  });
});
