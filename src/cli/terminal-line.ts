/**
 * One line at the bottom of the terminal that changes in place, as progress does. Whatever is printed meanwhile goes
 * through `aboveLine` and scrolls above it. Written without colours and escape sequences, so that any terminal takes it.
 */
const USUAL_COLUMNS = 80;

let shown = '';

/** Whether there is somebody to see it. */
export function hasTerminal(): boolean {
  return process.stderr.isTTY;
}

/** Columns that a line may fill without wrapping. */
export function lineWidth(): number {
  return Math.max(1, (process.stderr.columns || USUAL_COLUMNS) - 1);
}

/** Shows a line in place of the last one; an empty text takes it away. */
export function showLine(text: string): void {
  if (!hasTerminal()) return;
  const line = text.slice(0, lineWidth());
  process.stderr.write(`\r${line.padEnd(Math.min(shown.length, lineWidth()))}${line === '' ? '\r' : ''}`);
  shown = line;
}

/** Prints something that ends with a line break, with the changing line out of its way. */
export function aboveLine(print: () => void): void {
  const line = shown;
  if (line !== '') showLine('');
  print();
  if (line !== '') showLine(line);
}

/** stderr as the target of a log, whose lines scroll above the changing one too. */
export const terminalLog = {
  get isTTY(): boolean {
    return hasTerminal();
  },
  write(line: string): void {
    aboveLine(() => process.stderr.write(line));
  },
};
