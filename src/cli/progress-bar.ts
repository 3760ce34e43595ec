/** A progress bar on stderr, if stderr is a terminal. */
import type { Clock } from '../ports/clock.ts';
import { formatCount } from './output.ts';
import { hasTerminal, lineWidth, showLine } from './terminal-line.ts';

export interface ProgressBar {
  /** `note` is shown last, where there is room. */
  update(done: number, of: number, note?: string): void;
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
  let doneBefore: number | undefined;
  return {
    update(done, of, note = '') {
      const now = clock.monotonic();
      doneBefore ??= done;
      if (now - drawnAt < DRAW_EVERY_MS && done < of) return;
      drawnAt = now;
      showLine(progressText({ label, done, doneBefore, of, elapsedMs: now - startedAt, note }, lineWidth()));
    },
    stop: () => showLine(''),
  };
}

export interface Progress {
  readonly label: string;
  readonly done: number;
  /** What was done when the bar began; default: nothing. */
  readonly doneBefore?: number;
  readonly of: number;
  readonly elapsedMs: number;
  readonly note?: string;
}

/** The bar in at most `width` characters. When short of room, it drops note and rate, the time left, the bar, then the label. */
export function progressText(
  { label, done, doneBefore = 0, of, elapsedMs, note = '' }: Progress,
  width: number,
): string {
  const share = of > 0 ? Math.min(1, done / of) : 0;
  const counts = `${Math.floor(share * 100)} % ${formatCount(done)}/${formatCount(of)}`;
  const perMs = elapsedMs > 0 ? (done - doneBefore) / elapsedMs : 0;
  const left = perMs > 0 && done < of ? `, ${duration((of - done) / perMs)} left` : '';
  const rate = perMs > 0 ? `, ${rateText(perMs * 1_000)}` : '';
  const room = width - label.length - 2;
  for (const text of [`${counts}${left}${rate}${note === '' ? '' : `, ${note}`}`, `${counts}${left}`, counts]) {
    const cells = Math.min(LONGEST_BAR, room - text.length);
    if (cells < SHORTEST_BAR) continue;
    const full = Math.round(share * cells);
    return `${label} ${'█'.repeat(full)}${'░'.repeat(cells - full)} ${text}`;
  }
  const short = `${label} ${counts}`;
  return short.length <= width ? short : counts.slice(0, width);
}

/** `120/s`, `1.5/s`, `12/min` */
function rateText(perSecond: number): string {
  if (perSecond >= 10) return `${formatCount(Math.round(perSecond))}/s`;
  return perSecond >= 1 ? `${perSecond.toFixed(1)}/s` : `${Math.round(perSecond * 60)}/min`;
}

/** `12 s`, `3 min`, `2 h` */
function duration(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000));
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
