/** A progress bar on stderr, if stderr is a terminal. */
import type { Clock } from '../ports/clock.ts';
import { formatCount } from './output.ts';
import { hasTerminal, lineWidth, showLine } from './terminal-line.ts';

export interface ProgressBar {
  update(done: number, of: number): void;
  /** Removes the bar. May be called twice. */
  stop(): void;
}

const LONGEST_BAR = 40;
const SHORTEST_BAR = 6;
const DRAW_EVERY_MS = 100;

export function progressBar(label: string, clock: Pick<Clock, 'monotonic'>): ProgressBar {
  if (!hasTerminal()) return { update: () => undefined, stop: () => undefined };
  const startedAt = clock.monotonic();
  let drawnAt = -DRAW_EVERY_MS;
  return {
    update(done, of) {
      const now = clock.monotonic();
      if (now - drawnAt < DRAW_EVERY_MS && done < of) return;
      drawnAt = now;
      showLine(progressText({ label, done, of, elapsedMs: now - startedAt }, lineWidth()));
    },
    stop: () => showLine(''),
  };
}

export interface Progress {
  readonly label: string;
  readonly done: number;
  readonly of: number;
  readonly elapsedMs: number;
}

/** The bar in at most `width` characters. When short of room, it drops the time left, then the bar, then the label. */
export function progressText({ label, done, of, elapsedMs }: Progress, width: number): string {
  const share = of > 0 ? Math.min(1, done / of) : 0;
  const counts = `${Math.floor(share * 100)} % ${formatCount(done)}/${formatCount(of)}`;
  const left = done > 0 && done < of ? `, ${duration((elapsedMs / done) * (of - done))} left` : '';
  const room = width - label.length - 2;
  for (const text of [`${counts}${left}`, counts]) {
    const cells = Math.min(LONGEST_BAR, room - text.length);
    if (cells < SHORTEST_BAR) continue;
    const full = Math.round(share * cells);
    return `${label} ${'█'.repeat(full)}${'░'.repeat(cells - full)} ${text}`;
  }
  const short = `${label} ${counts}`;
  return short.length <= width ? short : counts.slice(0, width);
}

/** `12 s`, `3 min`, `2 h` */
function duration(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000));
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
