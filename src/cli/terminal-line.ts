/**
 * The progress line at the bottom of the terminal. Print other lines through `aboveLine`, so they scroll above it.
 * Uses no colours and no escape sequences, so any terminal can show it.
 */
const USUAL_COLUMNS = 80;

let shown = '';

/** Whether stderr is a terminal. */
export function hasTerminal(): boolean {
  return process.stderr.isTTY;
}

/** Columns that fit on a line without wrapping. */
export function lineWidth(): number {
  return Math.max(1, (process.stderr.columns || USUAL_COLUMNS) - 1);
}

/** Replaces the line; an empty text removes it. */
export function showLine(text: string): void {
  if (!hasTerminal()) return;
  const line = text.slice(0, lineWidth());
  process.stderr.write(`\r${line.padEnd(Math.min(shown.length, lineWidth()))}${line === '' ? '\r' : ''}`);
  shown = line;
}

/** Prints a text that ends with a line break above the line. */
export function aboveLine(print: () => void): void {
  const line = shown;
  if (line !== '') showLine('');
  print();
  if (line !== '') showLine(line);
}

/** stderr as a log target whose lines scroll above the progress line. */
export const terminalLog = {
  get isTTY(): boolean {
    return hasTerminal();
  },
  write(line: string): void {
    aboveLine(() => process.stderr.write(line));
  },
};
